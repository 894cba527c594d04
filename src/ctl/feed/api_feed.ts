/** The feed of the api plugin. */
import { describe } from "../../effects/describe.ts";
import type { Clock } from "../../effects/effects.ts";
import type { ApiClient } from "../api/api_client.ts";
import type { Feed, Message, Wanted } from "./feed.ts";

/** Between attempts to reach the daemon. */
const AGAIN_MS = 1_000;

const CLOSED = "drbdd closed the connection";

export function apiFeed(client: ApiClient, clock: Clock): Feed {
  return {
    source: "drbdd",
    async *messages(wanted, signal) {
      const connection = new Stream(client, wanted);
      while (!signal.aborted) {
        const startedMs = clock.nowMs();
        const problem = yield* connection.read(signal);
        if (signal.aborted) return;
        // The daemon ends streams after many events; the next one continues there at once.
        if (problem === undefined && clock.nowMs() - startedMs >= AGAIN_MS) yield { event: "again" };
        else {
          yield { event: "lost", reason: problem ?? CLOSED };
          await clock.sleep(AGAIN_MS, signal);
        }
      }
    },
  };
}

/** The event stream over successive connections: each continues where the previous one ended, as far as the daemon can. */
class Stream {
  #lastId: string | undefined;

  constructor(readonly client: ApiClient, readonly wanted: Wanted) {}

  /** The messages of one connection. Returns why it failed; undefined if the daemon ended it. */
  async *read(signal: AbortSignal): AsyncGenerator<Message, string | undefined> {
    try {
      const headers = this.#lastId === undefined ? {} : { "Last-Event-ID": this.#lastId };
      for await (const line of this.client.lines(pathOf(this.wanted), signal, headers)) {
        const message: Message = JSON.parse(line);
        if (message.id !== undefined) this.#lastId = message.id;
        if (isWanted(message, this.wanted)) yield message;
      }
      return undefined;
    } catch (error) {
      return describe(error);
    }
  }
}

function pathOf({ resources, names = [] }: Wanted): string {
  const query = new URLSearchParams();
  // Names of peers are known from resources.
  query.set(resources ? "state" : "snapshot", "1");
  for (const name of names) query.append("resource", name);
  return `/api/v1/events?${query}`;
}

/** Updates of the initial state are not changes. */
function isWanted(message: Message, { updates }: Wanted): boolean {
  if (message.event === "update") return updates && message.data.type !== "exists";
  return message.event !== "heartbeat";
}
