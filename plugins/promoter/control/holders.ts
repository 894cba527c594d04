/** Who keeps units, or devices, from stopping: for the administrator who has to end it. */
import type { Resource } from "../../../src/drbd/model/model.ts";
import type { Effects } from "../../../src/effects/effects.ts";
import { runLimited } from "../../../src/effects/limited_run.ts";
import { isUp, type Properties, type Systemctl } from "../systemd/units/systemctl.ts";

/** fuser looks at all processes; one that hangs in the kernel holds it up. */
const ANSWER_MS = 10_000;
/** There can be hundreds: these show what it is about. */
const MOST_SHOWN = 5;

/** A process that holds something. */
interface Holder {
  readonly pid: string;
  readonly name: string;
}

/**
 * Of those of `units` that are up: their state, and the processes that hold them: of a mount those that use it, of others
 * their own. For people; undefined if there is nothing to be said. Never rejects.
 */
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

/**
 * The processes that have one of `devices` open, or use what is mounted of it. For people; undefined if there are none.
 * Never rejects.
 */
export async function usersOfDevices(
  effects: Effects,
  devices: readonly string[],
): Promise<string | undefined> {
  const texts = await Promise.all(devices.map((device) => usersText(effects, device)));
  return texts.filter((text) => text !== undefined).join("; ") || undefined;
}

/** Where the devices of a resource are. */
export function devicePaths(resource: Pick<Resource, "devices"> | undefined): string[] {
  const minors = resource?.devices.map(({ minor }) => minor) ?? [];
  return minors.filter((minor) => minor !== undefined).map((minor) => `/dev/drbd${minor}`);
}

/** Who uses a mount or a device, in words; undefined if nobody does. Never rejects. */
async function usersText(effects: Effects, where: string): Promise<string | undefined> {
  try {
    return said(`${where} is used by`, await usersOf(effects, where)) || undefined;
  } catch {
    // It is not everywhere.
    return `fuser -vm ${where} (of the package psmisc) shows who uses it`;
  }
}

/** Processes of a unit, from the tree that `systemctl status` draws of its control group. */
async function processesOf(systemctl: Systemctl, unit: string): Promise<Holder[]> {
  const { stdout } = await systemctl.run(["status", "--lines=0", "--full", "--", unit]);
  return Array.from(
    stdout.matchAll(/[├└|`]─?-? *(\d+) "?([^\s"]+)/g),
    ([, pid = "", name = ""]) => ({ pid, name }),
  );
}

/** @throws {ProgramError} If there is no fuser. */
async function usersOf(effects: Effects, where: string): Promise<Holder[]> {
  // Of each process a line: user, process id, how it uses it, command. The kernel's own has no process id.
  const { stderr, stdout } = await runLimited(effects, ["fuser", "-vm", where], { limitMs: ANSWER_MS });
  const lines = `${stdout}\n${stderr}`.matchAll(/^.*?\s(\d+) +[.a-zA-Z]+ +(\S.*)$/gm);
  return Array.from(lines, ([, pid = "", name = ""]) => ({ pid, name }));
}

function said(how: string, holders: readonly Holder[]): string {
  if (holders.length === 0) return "";
  const shown = holders.slice(0, MOST_SHOWN).map(({ pid, name }) => `${name} (process ${pid})`);
  const more = holders.length > MOST_SHOWN ? ` and ${holders.length - MOST_SHOWN} more` : "";
  return `${how} ${shown.join(", ")}${more}`;
}
