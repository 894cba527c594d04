/** Effects for a replay: all but the clock throw, because a replay must not touch the node. */
import type { Effects } from "../../effects/effects.ts";

function refuse(what: string): () => never {
  return () => {
    throw new Error(`A replay must not ${what}`);
  };
}

/** All effects but the clock. */
export function refusedEffects(node: string): Omit<Effects, "clock"> {
  return {
    processes: { spawn: refuse("start a program"), run: refuse("run a program") },
    files: {
      readText: refuse("read a file"),
      writeTextAtomic: refuse("write a file"),
      list: refuse("list a directory"),
      stat: refuse("look at a file"),
      makeDirectory: refuse("make a directory"),
      remove: refuse("remove a file"),
      rename: refuse("rename a file"),
      realPath: refuse("follow a link"),
    },
    network: { serveHttp: refuse("listen"), connect: refuse("connect") },
    notifier: { send: () => Promise.resolve(), close: () => Promise.resolve() },
    ownProcess: refuse("look at its own process"),
    pid: 0,
    random: () => 0,
    nodeName: () => node,
    environment: () => undefined,
  };
}
