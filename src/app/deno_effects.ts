/** The effects implemented with Deno. */
import { denoClock } from "../effects/deno/clock.ts";
import { denoFiles } from "../effects/deno/files.ts";
import { denoProcesses } from "../effects/deno/processes.ts";
import type { Effects, Files, Network, Notifier } from "../effects/effects.ts";

/** Loaded when it is first used: a daemon without listeners starts sooner. */
const network: Network = {
  serveHttp: async (...request) =>
    await (await import("../http/deno_network.ts")).denoNetwork.serveHttp(...request),
  connect: async (...request) =>
    await (await import("../http/deno_network.ts")).denoNetwork.connect(...request),
};

export function denoEffects(notifier: Notifier, files: Files = denoFiles): Effects {
  return {
    clock: denoClock,
    processes: denoProcesses,
    files,
    network,
    notifier,
    ownProcess: async () => (await import("../effects/deno/process_usage.ts")).denoOwnProcess,
    pid: Deno.pid,
    random: () => Math.random(),
    nodeName: () => Deno.hostname(),
    environment: (name) => Deno.env.get(name),
  };
}
