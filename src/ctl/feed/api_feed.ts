/** The feed of the api plugin. */
import { describe } from "../../effects/describe.ts";
import type { Clock } from "../../effects/effects.ts";
import type { ApiClient } from "../api/api_client.ts";
import type { Feed, Message, Wanted } from "./feed.ts";

/** Between attempts to reach the daemon. */
const AGAIN_MS = 1_000;

const CLOSED = "drbdd has closed the connection";

export function apiFeed(client: ApiClient, clock: Clock): Feed {
  return {
    source: "drbdd",
    async *messages(wanted, signal) {
      const connection = new Stream(client, wanted);
      while (!signal.aborted) {
        const beganMs = clock.nowMs();
        const problem = yield* connection.read(signal);
        if (signal.aborted) return;
        // The daemon ends streams that told much, and goes on at once where they ended.
        if (problem === undefined && clock.nowMs() - beganMs >= AGAIN_MS) yield { event: "again" };
        else {
          yield { event: "lost", reason: problem ?? CLOSED };
          await clock.sleep(AGAIN_MS, signal);
        }
      }
    },
  };
}

/** The event stream, connection after connection: each goes on where the one before ended, as far as the daemon can. */
class Stream {
  #lastId: string | undefined;

  constructor(readonly client: ApiClient, readonly wanted: Wanted) {}

  /** What one connection brings. Returns why it failed; undefined if the daemon ended it. */
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

/** What is there when the daemon begins is no news. */
function isWanted(message: Message, { updates }: Wanted): boolean {
  if (message.event === "update") return updates && message.data.type !== "exists";
  return message.event !== "heartbeat";
}
