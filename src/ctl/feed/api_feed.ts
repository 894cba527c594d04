/** The feed of the api plugin. */
import { describe } from "../../runtime/describe.ts";
import type { Clock } from "../../runtime/effects.ts";
import type { ApiClient } from "../api/api_client.ts";
import type { Feed, Lost, Message, Wanted } from "./feed.ts";

/** Between attempts to reach the daemon. */
const AGAIN_MS = 1_000;

export function apiFeed(client: ApiClient, clock: Clock): Feed {
  return {
    source: "drbdd",
    async *messages(wanted, signal) {
      while (!signal.aborted) {
        const lost = yield* onConnection(client, wanted, signal);
        if (signal.aborted) return;
        yield lost;
        await clock.sleep(AGAIN_MS, signal);
      }
    },
  };
}

/** Returns why it ended. */
async function* onConnection(
  client: ApiClient,
  wanted: Wanted,
  signal: AbortSignal,
): AsyncGenerator<Message, Lost> {
  try {
    for await (const line of client.lines(pathOf(wanted), signal)) {
      const message = messageOf(line, wanted);
      if (message !== undefined) yield message;
    }
    return { event: "lost", reason: "drbdd has closed the connection" };
  } catch (error) {
    return { event: "lost", reason: describe(error) };
  }
}

function pathOf({ resources, names = [] }: Wanted): string {
  const query = new URLSearchParams();
  // Names of peers are known from resources.
  query.set(resources ? "state" : "snapshot", "1");
  for (const name of names) query.append("resource", name);
  return `/api/v1/events?${query}`;
}

function messageOf(line: string, { updates }: Wanted): Message | undefined {
  const message: Message = JSON.parse(line);
  const isUnwanted = message.event === "heartbeat" || message.event === "update" && !updates;
  return isUnwanted ? undefined : message;
}
