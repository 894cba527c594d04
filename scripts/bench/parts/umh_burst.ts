/** The daemon in this process, while a burst of events makes umh run many commands: how late its loop gets. */
import type { UmhConfig } from "../../../plugins/umh/config.ts";
import { umh } from "../../../plugins/umh/mod.ts";
import { Daemon } from "../../../src/daemon/daemon.ts";
import { denoEffects } from "../../../src/app/deno_effects.ts";
import { silentNotifier } from "../../../src/effects/deno/notifier.ts";
import type { Effects } from "../../../src/effects/effects.ts";
import type { Plugin } from "../../../src/daemon/plugins/plugin.ts";
import { SILENT } from "./silent.ts";

export interface Burst {
  /** Events, each of which runs a command. */
  readonly events: number;
  /** How many commands run at once. */
  readonly maxConcurrent: number;
  readonly command: string;
}

export interface BurstMeasurement {
  /** From the start until the last command has ended. */
  readonly seconds: number;
  /** How late timers were, in milliseconds, sorted. */
  readonly lateMs: readonly number[];
}

/** Runs one burst. */
export async function measureBurst({ events, maxConcurrent, command }: Burst): Promise<BurstMeasurement> {
  const folder = await Deno.makeTempDir({ prefix: "drbdd-burst-" });
  try {
    await Deno.writeTextFile(`${folder}/events2`, stream(events));
    const standIn = `#!/bin/sh\ncat '${folder}/events2'; while read -r _; do :; done\n`;
    await Deno.writeTextFile(`${folder}/drbdsetup`, standIn, { mode: 0o755 });
    const effects: Effects = {
      ...denoEffects(silentNotifier),
      environment: (name) => name === "PATH" ? `${folder}:${Deno.env.get("PATH") ?? ""}` : undefined,
    };
    const instance = { plugin: umh as Plugin<unknown>, config: configOf(command, maxConcurrent) };
    const daemon = new Daemon(effects, { statisticsPollIntervalMs: 60_000, instances: [instance] }, SILENT);
    const ended = () => runsOf(daemon) >= events;
    const stop = new AbortController();
    const start = performance.now();
    const over = daemon.run(stop.signal);
    const lateMs = await latenessUntil(ended);
    const seconds = (performance.now() - start) / 1000;
    stop.abort();
    await over;
    return { seconds, lateMs };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** How late timers are while nothing happens: what the machine alone does. Sorted. */
export function measureIdle(durationMs: number): Promise<number[]> {
  const endMs = performance.now() + durationMs;
  return latenessUntil(() => performance.now() >= endMs);
}

function configOf(command: string, maxConcurrent: number): UmhConfig {
  return {
    maxConcurrent,
    rules: [{
      kind: "resource",
      name: "burst",
      command,
      env: {},
      timeoutS: undefined,
      maxConcurrent: undefined,
      ordered: false,
      debounceMs: undefined,
      conditions: [{ of: "event", field: "event-type", condition: { operator: "Equals", value: "Change" } }],
    }],
  };
}

function stream(events: number): string {
  const line = (verb: string, score: number) =>
    `${verb} resource name:web role:Secondary suspended:no force-io-failures:no write-ordering:flush ` +
    `may_promote:no promotion_score:${score}\n`;
  const changes = Array.from({ length: events }, (_, event) => line("change", event + 1));
  return `${line("exists", 0)}exists -\n${changes.join("")}`;
}

/** Commands that have ended. */
function runsOf({ metrics }: Daemon): number {
  const value = (name: string) =>
    metrics.families().find((family) => family.name === name)?.samples()[0]?.value ?? 0;
  return value("drbdd_umh_runs_total") - value("drbdd_umh_running");
}

async function latenessUntil(isOver: () => boolean): Promise<number[]> {
  const lateMs: number[] = [];
  while (!isOver()) {
    const dueMs = performance.now() + 1;
    await new Promise((resolve) => setTimeout(resolve, 1));
    lateMs.push(Math.max(0, performance.now() - dueMs));
  }
  return lateMs.sort((a, b) => a - b);
}
