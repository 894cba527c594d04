/**
 * The event stream of the daemon: it is reopened when it ends, or when no heartbeat arrives in time. It is read with fetch,
 * because EventSource cannot send a token.
 */

/** @typedef {import("./types.ts").Message} Message */

/** The daemon sends a heartbeat every 15 seconds. */
const SILENCE_MS = 40_000;
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 5_000;
/** For the daemon to accept the token again, or to need none any more. */
const TOKEN_WAIT_MS = 30_000;
/** The daemon ends streams after many messages: a stream that lasted this long is reopened at once. */
const ORDERLY_MS = 1_000;
const TYPES = ["create", "change", "destroy", "rename", "call", "response"];

export class Stream {
  /** The id to continue after. */
  #lastId = "";
  #token = "";
  #waitMs = FIRST_WAIT_MS;
  /** Ends a wait early. */
  #hurry = () => {};
  #reading = new AbortController();

  /**
   * @param {string} url
   * @param {(messages: Message[]) => void} onMessages
   * @param {(link: import("./types.ts").Link, why: string) => void} onLink
   * @param {() => void} onBegin Resources that do not come up to the next `snapshot-end` are gone.
   */
  constructor(url, onMessages, onLink, onBegin) {
    const query = new URLSearchParams({ state: "1", recent: "100" });
    for (const type of TYPES) query.append("event-type", type);
    this.url = `${url}?${query}`;
    this.onMessages = onMessages;
    this.onLink = onLink;
    this.onBegin = onBegin;
  }

  /** Headers for requests of one's own. */
  get headers() {
    return this.#token === "" ? {} : { authorization: `Bearer ${this.#token}` };
  }

  /** @param {string} token */
  useToken(token) {
    this.#token = token;
    this.retryNow();
  }

  /** Something changed that makes it worth trying at once. */
  retryNow() {
    this.#waitMs = FIRST_WAIT_MS;
    this.#hurry();
  }

  async run() {
    for (;;) {
      const needs = await this.#readOnce();
      if (needs !== "nothing") await this.#pause(needs === "token");
    }
  }

  /** @returns {Promise<"nothing" | "time" | "token">} What is needed before it is worth trying again. */
  async #readOnce() {
    this.#reading = new AbortController();
    const watch = setTimeout(() => this.#reading.abort(), SILENCE_MS);
    let timer = watch;
    try {
      const response = await fetch(this.url, {
        headers: {
          accept: "application/x-ndjson",
          ...this.headers,
          ...(this.#lastId === "" ? {} : { "last-event-id": this.#lastId }),
        },
        cache: "no-store",
        signal: this.#reading.signal,
      });
      if (response.status === 401) {
        this.onLink("token", this.#token === "" ? "" : "This is not the right token");
        return "token";
      }
      if (!response.ok || response.body === null) {
        this.onLink("lost", await problemOf(response));
        return "time";
      }
      const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
      let rest = "";
      let isNew = true;
      const begun = performance.now();
      for (;;) {
        const { done, value } = await reader.read();
        if (done) break;
        clearTimeout(timer);
        timer = setTimeout(() => this.#reading.abort(), SILENCE_MS);
        const lines = (rest + value).split("\n");
        rest = lines.pop() ?? "";
        if (isNew) this.onBegin();
        isNew = false;
        this.#take(lines);
      }
      if (performance.now() - begun >= ORDERLY_MS) return "nothing";
      this.onLink("lost", "");
    } catch {
      this.onLink("lost", "");
    } finally {
      clearTimeout(timer);
    }
    return "time";
  }

  /** @param {string[]} lines */
  #take(lines) {
    /** @type {Message[]} */
    const messages = lines.map((line) => JSON.parse(line));
    for (const message of messages) {
      if (message.id !== undefined) this.#lastId = message.id;
    }
    this.#waitMs = FIRST_WAIT_MS;
    this.onLink("live", "");
    this.onMessages(messages);
  }

  /** @param {boolean} forToken */
  #pause(forToken) {
    const waitMs = (forToken ? TOKEN_WAIT_MS : this.#waitMs) * (0.75 + Math.random() / 2);
    this.#waitMs = Math.min(this.#waitMs * 2, LONGEST_WAIT_MS);
    return /** @type {Promise<void>} */ (new Promise((resolve) => {
      const timer = setTimeout(resolve, waitMs);
      this.#hurry = () => {
        clearTimeout(timer);
        resolve();
      };
    }));
  }
}

/** @param {Response} response */
async function problemOf(response) {
  try {
    return (await response.json()).error;
  } catch {
    return `The server answers ${response.status}`;
  }
}
