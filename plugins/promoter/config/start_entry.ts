/** Entries of a start list with the systemd runner: units by name, and OCF resource agents. */
import { escapePath, escapeUnitName } from "./escape.ts";
import { splitShellWords } from "./shell_words.ts";

/** A unit to start. */
export type StartEntry = UnitEntry | OcfEntry;

export interface UnitEntry {
  readonly kind: "unit";
  readonly unit: string;
}

/** `ocf:VENDOR:AGENT ID name=value ...`: run by an instance of ocf.rs@.service. */
export interface OcfEntry {
  readonly kind: "ocf";
  /** `ocf.rs@ID_RESOURCE.service`, with its instance escaped. */
  readonly unit: string;
  readonly vendor: string;
  readonly agent: string;
  /** The administrator's name for this use of the agent. */
  readonly id: string;
  /** In the order written. A word without `=` is a name without a value. */
  readonly parameters: readonly { readonly name: string; readonly value: string }[];
}

/** Why an entry is invalid. */
export interface EntryFault {
  readonly kind: "fault";
  /** The end of "expected ...". */
  readonly expected: string;
  /** What may have been meant. */
  readonly candidates: readonly string[];
}

/** Suffixes of units that can be started or waited for. Source: systemd.unit(5). */
const SUFFIXES = [
  "service",
  "mount",
  "socket",
  "target",
  "timer",
  "path",
  "swap",
  "automount",
  "device",
  "slice",
  "scope",
];

/** Source: unit_name_is_valid() of systemd. */
const UNIT_CHARACTERS = /^[A-Za-z0-9:_.\\@-]+$/;
/** systemd allows 255, but the name plus ".d" is the drop-in directory's file name. */
export const MAX_UNIT_LENGTH = 253;

/** drbdd's own units, and those of a resource that it starts and stops around the start list. */
const OWN_UNITS = /^(drbd-(promote|services|services-secondary|demote-or-escalate)@|drbdd(-reload)?\.)/;

/** Parses an entry of the start list of `resource`. */
export function parseStartEntry(entry: string, resource: string): StartEntry | EntryFault {
  const text = entry.trim();
  return text.startsWith("ocf:") ? parseOcf(text, resource) : parseUnit(text);
}

function fault(expected: string, candidates: readonly string[] = []): EntryFault {
  return { kind: "fault", expected, candidates };
}

function parseUnit(unit: string): UnitEntry | EntryFault {
  if (unit.includes("/")) return fault(withoutSlash(unit));
  const dot = unit.lastIndexOf(".");
  const suffix = unit.slice(dot + 1);
  if (dot <= 0 || !SUFFIXES.includes(suffix)) {
    if (dot > 0) {
      const candidates = SUFFIXES.map((known) => `${unit.slice(0, dot)}.${known}`);
      return fault(
        "the name of a unit, which ends in .service, .mount or another type of systemd's",
        candidates,
      );
    }
    const example = dot < 0 && UNIT_CHARACTERS.test(unit) ? `, for example "${unit}.service"` : "";
    return fault(`the name of a unit with its suffix${example}`);
  }
  if (!UNIT_CHARACTERS.test(unit)) {
    return fault(
      "the name of a unit: letters, digits and : - _ . \\ @ only, all others escaped by systemd-escape",
    );
  }
  if (unit.length > MAX_UNIT_LENGTH) {
    return fault(`the name of a unit of at most ${MAX_UNIT_LENGTH} characters`);
  }
  // systemctl would take a leading hyphen for an option, and stop nothing.
  if (/^[@-]/.test(unit)) return fault(`the name of a unit that does not begin with ${unit[0]}`);
  if (unit.slice(0, dot).endsWith("@")) {
    return fault(`an instance of this template, for example "${unit.slice(0, dot)}NAME.${suffix}"`);
  }
  if (OWN_UNITS.test(unit)) {
    return fault(`units of your services only: drbdd takes care of ${JSON.stringify(unit)} itself`);
  }
  return { kind: "unit", unit };
}

function withoutSlash(unit: string): string {
  const escaped = unit.startsWith("/") ? escapePath(unit.replace(/\.mount$/, "")) : undefined;
  return escaped === undefined
    ? "the name of a unit, without a slash"
    : `the name of a unit, for a mount at this path ${JSON.stringify(`${escaped}.mount`)}`;
}

const OCF_FORM = '"ocf:VENDOR:AGENT ID name=value ..."';
const OCF_PART = /^[A-Za-z0-9_.-]+$/;

function parseOcf(text: string, resource: string): OcfEntry | EntryFault {
  const [, head = "", rest = ""] = /^(\S+)\s*(.*)$/s.exec(text) ?? [];
  const [, vendor = "", agent = "", ...more] = head.split(":");
  if (!OCF_PART.test(vendor) || !OCF_PART.test(agent) || more.length > 0) return fault(OCF_FORM);
  const words = splitShellWords(rest);
  if (words === undefined) return fault(`${OCF_FORM} with closed quotes`);
  const [id, ...pairs] = words;
  if (id === undefined) return fault(`${OCF_FORM} with an ID`);
  if (id === "" || id.includes("=")) return fault(`${OCF_FORM} with an ID before the parameters`);
  const parameters = pairs.map((pair) => {
    const equals = pair.indexOf("=");
    return equals < 0
      ? { name: pair, value: "" }
      : { name: pair.slice(0, equals), value: pair.slice(equals + 1) };
  });
  // Other characters cannot be part of an environment variable, which is how agents get parameters.
  const wrong = parameters.find(({ name }) => !/^[A-Za-z0-9_]+$/.test(name));
  if (wrong !== undefined) {
    return fault(`names of parameters of letters, digits and _ only, unlike ${JSON.stringify(wrong.name)}`);
  }
  const unit = `ocf.rs@${escapeUnitName(`${id}_${resource}`)}.service`;
  if (unit.length > MAX_UNIT_LENGTH) {
    return fault(`an ID so short that "${unit.slice(0, 20)}..." is a unit's name`);
  }
  return { kind: "ocf", unit, vendor, agent, id, parameters };
}

/** The entries of a valid start list of `resource`. */
export function startEntries(list: readonly string[], resource: string): StartEntry[] {
  return list.map((text) => {
    const entry = parseStartEntry(text, resource);
    if (entry.kind === "fault") throw new Error(`Start list with "${text}" was taken for valid`);
    return entry;
  });
}
