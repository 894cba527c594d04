/** The effects as Deno has them: the only place, with its neighbours `deno_*.ts`, where drbdd touches the world. */
import { denoClock } from "./deno_clock.ts";
import { denoFiles } from "./deno_files.ts";
import { denoNetwork } from "./deno_network.ts";
import { denoProcesses } from "./deno_processes.ts";
import type { Effects, Notifier } from "./effects.ts";

export function denoEffects(notifier: Notifier): Effects {
  return {
    clock: denoClock,
    processes: denoProcesses,
    files: denoFiles,
    network: denoNetwork,
    notifier,
    pid: Deno.pid,
    random: () => Math.random(),
    nodeName: () => Deno.hostname(),
    environment: (name) => Deno.env.get(name),
  };
}
