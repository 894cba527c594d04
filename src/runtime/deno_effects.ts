/** The effects as Deno has them: the only place, with its neighbours `deno_*.ts`, where drbdd touches the world. */
import { denoClock } from "./deno_clock.ts";
import { denoFiles } from "./deno_files.ts";
import { denoProcesses } from "./deno_processes.ts";
import type { Effects, Files, Network, Notifier } from "./effects.ts";

/** Loaded when it is first used: a daemon without listeners starts sooner. */
const network: Network = {
  serveHttp: async (...request) =>
    await (await import("./deno_network.ts")).denoNetwork.serveHttp(...request),
  connect: async (...request) => await (await import("./deno_network.ts")).denoNetwork.connect(...request),
};

export function denoEffects(notifier: Notifier, files: Files = denoFiles): Effects {
  return {
    clock: denoClock,
    processes: denoProcesses,
    files,
    network,
    notifier,
    ownProcess: async () => (await import("./deno_process_usage.ts")).denoOwnProcess,
    pid: Deno.pid,
    random: () => Math.random(),
    nodeName: () => Deno.hostname(),
    environment: (name) => Deno.env.get(name),
  };
}
