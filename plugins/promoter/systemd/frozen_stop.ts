/**
 * Stops services that are frozen while another node may run them, so that they do not run once more. systemd thaws what it
 * stops, and then sends SIGTERM or runs ExecStop=: until they have ended, they would run beside those of the other node.
 */
import type { Logger } from "../../../src/logging/logging.ts";
import { isFrozen } from "./freezer.ts";
import type { ResourceUnits } from "./units/resource_units.ts";
import { type Done, OK } from "../control/services.ts";
import type { Properties, Systemctl } from "./units/systemctl.ts";
import type { UnitJobs } from "./units/unit_jobs.ts";

const PROPERTIES = ["ActiveState", "FreezerState", "MainPID", "ExecStop"];
const POLL_INTERVAL_MS = 100;
/** The other units stay frozen until each is stopped itself. */
const STOP = ["stop", "--job-mode=ignore-dependencies"];

/**
 * Stops one unit after the other, in reverse order, until none is frozen; then `stop` makes systemd stop the rest. Rejects
 * only if that does.
 */
export async function stopFrozen(
  log: Logger,
  jobs: UnitJobs,
  { list, resource }: Pick<ResourceUnits, "list" | "resource">,
  stop: () => Promise<Done>,
): Promise<Done> {
  const { systemctl } = jobs;
  const states = [...await show(systemctl, list)];
  const frozen = states.flatMap(([unit, state]) => isFrozen(state) ? [unit] : []);
  if (frozen.length === 0) return await stop();
  const units = frozen.join(", ");
  log.info("{resource}: killing frozen services, as another node may run them: {units}", { resource, units });
  const first = states.findIndex(([, state]) => isFrozen(state));
  for (const [unit, state] of states.slice(first).reverse()) {
    if (!isFrozen(state)) await jobs.run([...STOP, unit]);
    else if (isStoppedByCommand(state)) await endHeld(jobs, unit);
    else await end(jobs, unit);
  }
  const done = await stop();
  await systemctl.run(["reset-failed", ...frozen]);
  return done.outcome === "ok" && frozen.includes(done.failedUnit ?? "") ? OK : done;
}

/** systemd skips ExecStop= of a service whose main process was killed before. */
function isStoppedByCommand(unit: Properties): boolean {
  return (unit.get("ExecStop") ?? "") !== "" && (unit.get("MainPID") ?? "0") !== "0";
}

/**
 * Frozen processes die of SIGKILL without being thawed. The stop follows at once: it comes before Restart=, and ExecStopPost=
 * is frozen until then, too.
 */
async function end(jobs: UnitJobs, unit: string): Promise<void> {
  await kill(jobs.systemctl, unit, "--signal=KILL");
  await jobs.run([...STOP, unit]);
}

/** SIGSTOP outlasts the thaw. ExecStop= would wait for the main process, which is killed when the stop has begun. */
async function endHeld(jobs: UnitJobs, unit: string): Promise<void> {
  const { systemctl } = jobs;
  await kill(systemctl, unit, "--signal=STOP");
  const over = new AbortController();
  const stopping = jobs.run([...STOP, unit]).finally(() => over.abort());
  while (!over.signal.aborted) {
    await systemctl.effects.clock.sleep(POLL_INTERVAL_MS, over.signal);
    const state = (await show(systemctl, [unit])).get(unit);
    if (state?.get("ActiveState") !== "deactivating") continue;
    await kill(systemctl, unit, "--kill-whom=main", "--signal=KILL");
    break;
  }
  await stopping;
  // KillMode= may leave some that nothing would continue.
  await kill(systemctl, unit, "--signal=KILL");
}

/** Empty if systemd does not answer. */
async function show(systemctl: Systemctl, units: readonly string[]): Promise<Map<string, Properties>> {
  const states = await systemctl.show(units, PROPERTIES).catch(() => []);
  return new Map(states.map((state, place) => [units[place] ?? "", state]));
}

/** Failures do not matter: what has ended already cannot be killed. */
async function kill(systemctl: Systemctl, unit: string, ...options: string[]): Promise<void> {
  await systemctl.run(["kill", ...options, unit]);
}
