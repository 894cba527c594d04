/** Finds the processes that keep units or devices from stopping, for administrators. */
import type { Resource } from "../../../src/drbd/model/model.ts";
import type { Effects } from "../../../src/effects/effects.ts";
import { runLimited } from "../../../src/effects/limited_run.ts";
import { isUp, type Properties, type Systemctl } from "../systemd/units/systemctl.ts";

/** fuser examines all processes; one that hangs in the kernel blocks it. */
const ANSWER_TIMEOUT_MS = 10_000;
/** There can be hundreds: these are enough to see the reason. */
const MOST_SHOWN = 5;

/** A process that uses something. */
interface Holder {
  readonly pid: string;
  readonly name: string;
}

/** Units of `units` that are up, with their state and the processes that hold them: the users of a mount, or the unit's own. For people; undefined if there are none. Never rejects. */
export async function holdersOf(systemctl: Systemctl, units: readonly string[]): Promise<string | undefined> {
  try {
    const states = await systemctl.show(units, ["ActiveState", "Where"]);
    const texts = await Promise.all(units.map(async (unit, place) => {
      const state = states[place];
      if (state === undefined || !isUp(state) || unit.endsWith(".target")) return [];
      return [`${unit} is ${state.get("ActiveState")}${await heldBy(systemctl, unit, state)}`];
    }));
    return texts.flat().join("; ") || undefined;
  } catch {
    return undefined;
  }
}

async function heldBy(systemctl: Systemctl, unit: string, state: Properties): Promise<string> {
  const where = unit.endsWith(".mount") ? state.get("Where") ?? "" : "";
  if (where === "") return said(", with", await processesOf(systemctl, unit));
  const text = await usersText(systemctl.effects, where);
  return text === undefined ? "" : `, ${text}`;
}

/** Processes that have one of `devices` open or use a file system on it. For people; undefined if there are none. Never rejects. */
export async function usersOfDevices(
  effects: Effects,
  devices: readonly string[],
): Promise<string | undefined> {
  const texts = await Promise.all(devices.map((device) => usersText(effects, device)));
  return texts.filter((text) => text !== undefined).join("; ") || undefined;
}

/** The paths of a resource's devices. */
export function devicePaths(resource: Pick<Resource, "devices"> | undefined): string[] {
  const minors = resource?.devices.map(({ minor }) => minor) ?? [];
  return minors.filter((minor) => minor !== undefined).map((minor) => `/dev/drbd${minor}`);
}

/** The processes that use a mount or device, for messages; undefined if none. Never rejects. */
async function usersText(effects: Effects, where: string): Promise<string | undefined> {
  try {
    return said(`${where} is used by`, await usersOf(effects, where)) || undefined;
  } catch {
    // Not installed everywhere.
    return `fuser -vm ${where} (of the package psmisc) shows who uses it`;
  }
}

/** Processes of a unit, from the control group tree in `systemctl status`. */
async function processesOf(systemctl: Systemctl, unit: string): Promise<Holder[]> {
  const { stdout } = await systemctl.run(["status", "--lines=0", "--full", "--", unit]);
  return Array.from(
    stdout.matchAll(/[├└|`]─?-? *(\d+) "?([^\s"]+)/g),
    ([, pid = "", name = ""]) => ({ pid, name }),
  );
}

/** @throws {ProgramError} If there is no fuser. */
async function usersOf(effects: Effects, where: string): Promise<Holder[]> {
  // One line per process: user, process id, kind of use, command. The kernel's own use has no process id.
  const { stderr, stdout } = await runLimited(effects, ["fuser", "-vm", where], {
    limitMs: ANSWER_TIMEOUT_MS,
  });
  const lines = `${stdout}\n${stderr}`.matchAll(/^.*?\s(\d+) +[.a-zA-Z]+ +(\S.*)$/gm);
  return Array.from(lines, ([, pid = "", name = ""]) => ({ pid, name }));
}

function said(how: string, holders: readonly Holder[]): string {
  if (holders.length === 0) return "";
  const shown = holders.slice(0, MOST_SHOWN).map(({ pid, name }) => `${name} (process ${pid})`);
  const more = holders.length > MOST_SHOWN ? ` and ${holders.length - MOST_SHOWN} more` : "";
  return `${how} ${shown.join(", ")}${more}`;
}
