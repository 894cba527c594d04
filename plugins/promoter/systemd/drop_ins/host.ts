/**
 * What drbd-utils and systemd of this host can do, found by looking at the unit drbd-promote@ as it is installed: its
 * scripts moved over the years, and on old systemds it promotes in another way.
 */
import type { Effects } from "../../../../src/effects/effects.ts";
import type { Host } from "./drop_ins.ts";
import { UnitQueries } from "../units/unit_queries.ts";

const SHIM = "drbd-service-shim.sh";
/** Unit instances that are never started: they only show how the units are installed. */
const ANY_PROMOTION = "drbd-promote@drbdd\\x2dlooks.service";
const ANY_ESCALATION = "drbd-demote-or-escalate@drbdd\\x2dlooks.service";
/** Script directories of drbd-utils from 9.30 on, and before. */
const USUAL_PLACES = ["/usr/lib/drbd/scripts", "/lib/drbd/scripts"];

/** The capabilities found, and descriptions of missing ones. */
export interface HostReport {
  readonly host: Host;
  readonly problems: readonly string[];
}

/** @throws If systemctl cannot be run. */
export async function inspectHost(effects: Effects): Promise<HostReport> {
  const [unit, escalation] = await UnitQueries.of(effects).query([ANY_PROMOTION, ANY_ESCALATION]);
  if (unit === undefined || unit.get("LoadState") !== "loaded") {
    const problem =
      "drbd-promote@.service is not installed: the systemd runner needs drbd-utils 9.19.1 or later";
    return { host: { shim: undefined, canEscalate: false }, problems: [problem] };
  }
  const condition = unit.get("ExecCondition") ?? "";
  const named = pathIn(condition) ?? pathIn(unit.get("ExecStart") ?? "");
  const shim = named ?? await shimAtUsualPlace(effects);
  const problems: string[] = [];
  const isForceful = shim !== undefined && await knowsForce(effects, shim);
  if (shim === undefined) {
    problems.push(`${SHIM} was not found: secondary-force has no effect; drbd-utils 9.22 or later has it`);
  } else if (!isForceful) {
    problems.push(
      `"${shim}" cannot demote by force: secondary-force has no effect; drbd-utils 9.22 or later can`,
    );
  }
  const promotesInCondition = condition !== "";
  if (!promotesInCondition) {
    problems.push(
      "drbd-promote@.service promotes in ExecStart=, so that a lost race would count as a failed demotion: " +
        "on-drbd-demote-failure has no effect; systemd 243 or later is needed",
    );
  }
  const hasEscalation = escalation?.get("LoadState") === "loaded";
  if (!hasEscalation) {
    problems.push(
      "drbd-demote-or-escalate@.service is not installed: on-drbd-demote-failure has no effect; drbd-utils 9.19.1 " +
        "or later has it",
    );
  }
  return {
    host: { shim: isForceful ? shim : undefined, canEscalate: promotesInCondition && hasEscalation },
    problems,
  };
}

/** The shim in a value of systemctl show: `{ path=/lib/... ; argv[]=... }`. */
function pathIn(value: string): string | undefined {
  const path = /path=(\S+)/.exec(value)?.[1];
  return path?.endsWith(`/${SHIM}`) ? path : undefined;
}

async function shimAtUsualPlace(effects: Effects): Promise<string | undefined> {
  for (const place of USUAL_PLACES) {
    const path = `${place}/${SHIM}`;
    if ((await effects.files.stat(path))?.isFile) return path;
  }
  return undefined;
}

/** Whether the script has the verb. A script that cannot be read is assumed to be recent. */
async function knowsForce(effects: Effects, shim: string): Promise<boolean> {
  try {
    return (await effects.files.readText(shim)).includes("secondary-secondary-force");
  } catch {
    return true;
  }
}
