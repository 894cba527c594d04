/**
 * Stops services that are frozen while another node may run them, so that they do not run once more. systemd thaws what it
 * stops, and then sends SIGTERM or runs ExecStop=: until they have ended, they would run beside those of the other node.
 */
import type { Logger } from "../../../src/logging/logging.ts";
import { isFrozen } from "./freezer.ts";
import type { FrozenStopMark } from "./frozen_stop_mark.ts";
import type { ResourceUnits } from "./units/resource_units.ts";
import { type Done, OK } from "../control/services.ts";
import type { Properties, Systemctl } from "./units/systemctl.ts";
import type { UnitJobs } from "./units/unit_jobs.ts";

const PROPERTIES = ["ActiveState", "FreezerState", "MainPID", "ExecStop"];
const POLL_INTERVAL_MS = 20;
/** The other units stay frozen until each is stopped itself. */
const STOP = ["stop", "--job-mode=ignore-dependencies"];

/**
 * Stops one unit after the other, in reverse order, until none is frozen; then `stop` makes systemd stop the rest. Goes on
 * with such a stop that an earlier drbdd did not end, by `mark`. Rejects only if `stop` does.
 */
export async function stopFrozen(
  log: Logger,
  jobs: UnitJobs,
  mark: FrozenStopMark,
  { list, resource }: Pick<ResourceUnits, "list" | "resource">,
  stop: () => Promise<Done>,
): Promise<Done> {
  const { systemctl } = jobs;
  const isHalfDone = await mark.isSet();
  const states = [...await show(systemctl, list)];
  const isKilled = (state: Properties) => isFrozen(state) || (isHalfDone && hasMain(state));
  const killed = states.flatMap(([unit, state]) => isKilled(state) ? [unit] : []);
  if (killed.length > 0) {
    const what = isHalfDone ? "services whose stop was interrupted" : "frozen services";
    log.info("{resource}: killing {what}, as another node may run them: {units}", {
      ...{ resource, what, units: killed.join(", ") },
    });
    await mark.set();
    await killAll(jobs, states, isKilled);
  }
  const done = await stop();
  await mark.clear();
  if (killed.length === 0) return done;
  await systemctl.run(["reset-failed", ...killed]);
  return done.outcome === "ok" && killed.includes(done.failedUnit ?? "") ? OK : done;
}

type UnitState = readonly [unit: string, state: Properties];

async function killAll(
  jobs: UnitJobs,
  states: readonly UnitState[],
  isKilled: (state: Properties) => boolean,
): Promise<void> {
  // These run on already.
  const running = states.filter(([, state]) => isKilled(state) && isBeingStopped(state));
  await Promise.all(running.map(([unit]) => killMain(jobs.systemctl, unit)));
  const first = states.findIndex(([, state]) => isKilled(state));
  for (const [unit, state] of states.slice(first).reverse()) {
    if (!isKilled(state)) await jobs.run([...STOP, unit]);
    else if (isBeingStopped(state)) await awaitStop(jobs, unit);
    else if (isStoppedByCommand(state)) await endHeld(jobs, unit);
    else await end(jobs, unit);
  }
}

function hasMain(unit: Properties): boolean {
  return Number(unit.get("MainPID")) > 0;
}

/** Its stop has begun, for which systemd thaws it. */
function isBeingStopped(unit: Properties): boolean {
  return unit.get("ActiveState") === "deactivating" && unit.get("FreezerState") !== "frozen";
}

/** systemd skips ExecStop= of a service whose main process was killed before. */
function isStoppedByCommand(unit: Properties): boolean {
  return (unit.get("ExecStop") ?? "") !== "" && hasMain(unit);
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
    await killMain(systemctl, unit);
    break;
  }
  await stopping;
  await killRest(systemctl, unit);
}

/** The main process of a unit that is being stopped was killed. */
async function awaitStop(jobs: UnitJobs, unit: string): Promise<void> {
  await jobs.run([...STOP, unit]);
  await killRest(jobs.systemctl, unit);
}

/** Commands of a stop go on. */
function killMain(systemctl: Systemctl, unit: string): Promise<void> {
  return kill(systemctl, unit, "--kill-whom=main", "--signal=KILL");
}

/** KillMode= may leave processes that nothing would continue. */
function killRest(systemctl: Systemctl, unit: string): Promise<void> {
  return kill(systemctl, unit, "--signal=KILL");
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
