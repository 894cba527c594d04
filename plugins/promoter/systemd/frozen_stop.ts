/**
 * Stops services that are frozen while another node may run them, so that they do not run once more. systemd thaws what it
 * stops, and then sends SIGTERM or runs ExecStop=: until they have ended, they would run beside those of the other node.
 */
import type { Effects } from "../../../src/effects/effects.ts";
import type { Logger } from "../../../src/logging/logging.ts";
import { isFrozen } from "./freezer.ts";
import type { ResourceUnits } from "./units/resource_units.ts";
import { type Done, OK } from "../control/services.ts";
import { type Properties, Systemctl } from "./units/systemctl.ts";

const PROPERTIES = ["ActiveState", "FreezerState", "MainPID", "ExecStop"];
const LOOK_EVERY_MS = 100;

/** `stop` makes systemd stop all units. Rejects only if it does. */
export async function stopFrozen(
  effects: Effects,
  log: Logger,
  { list, resource }: Pick<ResourceUnits, "list" | "resource">,
  stop: () => Promise<Done>,
): Promise<Done> {
  const systemctl = new Systemctl(effects, log);
  const states = await show(systemctl, list);
  const frozen = list.filter((unit) => isFrozen(states.get(unit) ?? new Map()));
  if (frozen.length === 0) return await stop();
  const held = frozen.filter((unit) => isStoppedByCommand(states.get(unit) ?? new Map()));
  const killed = frozen.filter((unit) => !held.includes(unit));
  log.info("{resource}: killing frozen services, as another node may run them: {units}", {
    resource,
    units: frozen.join(", "),
  });
  // Frozen processes die of SIGKILL without being thawed; the stop follows before systemd restarts them (RestartSec=). SIGSTOP
  // outlasts the thaw.
  await Promise.all([kill(systemctl, killed, "--signal=KILL"), kill(systemctl, held, "--signal=STOP")]);
  const over = new AbortController();
  const ending = endHeld(effects.clock, systemctl, held, over.signal);
  try {
    const done = await stop();
    return done.outcome === "ok" && frozen.includes(done.failedUnit ?? "") ? OK : done;
  } finally {
    over.abort();
    await ending;
    // KillMode= may leave some that nothing would continue.
    await kill(systemctl, held, "--signal=KILL");
    await systemctl.run(["reset-failed", ...frozen]);
  }
}

/** systemd skips ExecStop= of a service whose main process was killed before. */
function isStoppedByCommand(unit: Properties): boolean {
  return (unit.get("ExecStop") ?? "") !== "" && (unit.get("MainPID") ?? "0") !== "0";
}

/** ExecStop= would wait for processes that stand still: the main process is killed when the stop of its unit has begun. */
async function endHeld(
  clock: Effects["clock"],
  systemctl: Systemctl,
  held: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  for (let left = held; left.length > 0 && !signal.aborted;) {
    await clock.sleep(LOOK_EVERY_MS, signal);
    const states = await show(systemctl, left);
    const begun = left.filter((unit) => states.get(unit)?.get("ActiveState") === "deactivating");
    await kill(systemctl, begun, "--kill-whom=main", "--signal=KILL");
    left = left.filter((unit) => !begun.includes(unit));
  }
}

/** Empty if systemd does not answer. */
async function show(systemctl: Systemctl, units: readonly string[]): Promise<Map<string, Properties>> {
  const states = await systemctl.show(units, PROPERTIES).catch(() => []);
  return new Map(states.map((state, place) => [units[place] ?? "", state]));
}

/** Failures do not matter: what has ended already cannot be killed. */
async function kill(systemctl: Systemctl, units: readonly string[], ...options: string[]): Promise<void> {
  if (units.length > 0) await systemctl.run(["kill", ...options, ...units]).catch(() => {});
}
