/** The effects in the monitor thread: it runs no programs, writes no files, and asks nothing of the system. */
import { denoClock } from "../effects/deno/clock.ts";
import { DAEMON_LIMITS, denoFilesWith } from "../effects/deno/files.ts";
import { silentNotifier } from "../effects/deno/notifier.ts";
import { type Effects, type Processes, ProgramError } from "../effects/effects.ts";
import { denoNetworkIn } from "../http/deno_network.ts";
import type { NodeEnvironment } from "./protocol.ts";

/** Why the sandbox refuses something to it. */
const NOT_GIVEN = "the monitor thread has only what the configuration names for its plugins";

const refused = (program = "") => new ProgramError(program, "the monitor thread runs no programs");

const processes: Processes = {
  spawn([program]) {
    throw refused(program);
  },
  run: ([program]) => Promise.reject(refused(program)),
};

/** `random` is at least 0 and below 1. */
export function monitorEffects(
  { node, pid, socketFolder }: NodeEnvironment,
  random: () => number,
): Effects {
  return {
    clock: denoClock,
    processes,
    files: denoFilesWith(NOT_GIVEN, DAEMON_LIMITS),
    network: denoNetworkIn(socketFolder),
    notifier: silentNotifier,
    ownProcess: () => Promise.reject(new Error("The deciding thread measures the process")),
    random,
    pid,
    nodeName: () => node,
    environment: () => undefined,
  };
}
