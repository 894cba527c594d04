/**
 * The event stream of the daemon, kept open: it is asked for again whenever it ends, and when nothing came for longer
 * than the daemon is ever silent. It is read with fetch, because EventSource cannot send a token.
 */

/** @typedef {import("./types.ts").Message} Message */

/** The daemon sends a heartbeat every 15 seconds. */
const SILENCE_MS = 40_000;
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 5_000;
const TYPES = ["create", "change", "destroy", "rename", "call", "response"];

export class Stream {
  /** Of the last update: what the daemon is asked to go on after. */
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
   */
  constructor(url, onMessages, onLink) {
    const query = new URLSearchParams({ state: "1", recent: "100" });
    for (const type of TYPES) query.append("event-type", type);
    this.url = `${url}?${query}`;
    this.onMessages = onMessages;
    this.onLink = onLink;
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
      const needsToken = await this.#readOnce();
      await this.#pause(needsToken);
    }
  }

  /** @returns {Promise<boolean>} Whether a token is needed before it is worth trying again. */
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
        return true;
      }
      if (!response.ok || response.body === null) {
        this.onLink("lost", await problemOf(response));
        return false;
      }
      const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
      let rest = "";
      for (;;) {
        const { done, value } = await reader.read();
        if (done) break;
        clearTimeout(timer);
        timer = setTimeout(() => this.#reading.abort(), SILENCE_MS);
        const lines = (rest + value).split("\n");
        rest = lines.pop() ?? "";
        this.#take(lines);
      }
      this.onLink("lost", "");
    } catch {
      this.onLink("lost", "");
    } finally {
      clearTimeout(timer);
    }
    return false;
  }

  /** @param {string[]} lines */
  #take(lines) {
    /** @type {Message[]} */
    const messages = lines.map((line) => JSON.parse(line));
    for (const message of messages) {
      if (message.event === "update") this.#lastId = message.id;
      else if (message.event === "reset") this.#lastId = "";
    }
    this.#waitMs = FIRST_WAIT_MS;
    this.onLink("live", "");
    this.onMessages(messages);
  }

  /** @param {boolean} forToken */
  #pause(forToken) {
    const waitMs = this.#waitMs * (0.75 + Math.random() / 2);
    this.#waitMs = Math.min(this.#waitMs * 2, LONGEST_WAIT_MS);
    return /** @type {Promise<void>} */ (new Promise((resolve) => {
      const timer = forToken ? undefined : setTimeout(resolve, waitMs);
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
