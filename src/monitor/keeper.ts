/**
 * Keeps the right to the network for threads that are started later: a thread can pass on only what it has, and the deciding
 * thread has given this one back. It does nothing else, so that nothing in it can fail. Runs in a Worker.
 */
import type { FromKeeper, ToKeeper } from "./keeper_messages.ts";

/** What a Worker is, as far as it is needed here: the library's types are those of the main thread. */
interface Scope {
  onmessage: (event: MessageEvent<ToKeeper>) => void;
  postMessage(message: FromKeeper): void;
}

const scope = globalThis as unknown as Scope;
const threads = new Map<number, Worker>();

scope.onmessage = ({ data }) => {
  const { id } = data;
  if (data.kind === "end") {
    threads.get(id)?.terminate();
    threads.delete(id);
    return;
  }
  try {
    const thread = new Worker(data.url, { type: "module", deno: { permissions: data.permissions } });
    threads.set(id, thread);
    thread.onerror = (event) => {
      event.preventDefault();
      scope.postMessage({ id, reason: event.message });
    };
    thread.postMessage(data.port, [data.port]);
  } catch (error) {
    scope.postMessage({ id, reason: String(error) });
  }
};
