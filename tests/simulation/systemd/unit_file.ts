/** The text of a unit file with its drop-ins, as systemd reads it. */

/** Keys whose empty assignment takes back what was assigned before. Dependencies cannot be taken back. */
const LISTS = /^Exec|^Environment$/;

/** What a unit file and its drop-ins say. */
export class UnitFile {
  /** By `Section.Key`: what was assigned, in order. */
  readonly #values = new Map<string, string[]>();

  /** `texts` are the unit's file and its drop-ins, in the order systemd reads them; `dropIns` are the paths of the latter. */
  constructor(
    readonly name: string,
    readonly texts: readonly string[],
    readonly dropIns: readonly string[] = [],
  ) {
    for (const text of texts) this.#read(text);
  }

  /** All values of a key that may be given more than once. */
  all(key: string): readonly string[] {
    return this.#values.get(key) ?? [];
  }

  /** The value of a key that counts once: the last one. */
  last(key: string): string | undefined {
    return this.#values.get(key)?.at(-1);
  }

  /** Names of units in a key of `[Unit]`. */
  units(key: string): string[] {
    return this.all(`Unit.${key}`).flatMap((value) => value.split(/\s+/)).filter((name) => name !== "");
  }

  /** A time in seconds, as milliseconds. */
  durationMs(key: string, otherwiseMs: number): number {
    const value = this.last(key);
    return value === undefined ? otherwiseMs : milliseconds(value);
  }

  #read(text: string): void {
    let section = "";
    for (const raw of text.split("\n")) {
      const line = raw.trim();
      if (line === "" || line.startsWith("#") || line.startsWith(";")) continue;
      const header = /^\[(\w+)\]$/.exec(line);
      if (header !== null) {
        section = header[1] ?? "";
        continue;
      }
      const [, key = "", value = ""] = /^([^=]*?)\s*=\s*(.*)$/.exec(line) ?? [];
      const place = `${section}.${key}`;
      if (value === "" && LISTS.test(key)) this.#values.set(place, []);
      else this.#values.set(place, [...this.all(place), expand(value, this.name)]);
    }
  }
}

/** Replaces specifiers with the name of the unit and of its instance. */
function expand(value: string, unit: string): string {
  return value.replace(/%(.)/g, (whole, specifier: string) => {
    switch (specifier) {
      case "i":
        return instanceOf(unit);
      case "I":
        return unescape(instanceOf(unit));
      case "n":
        return unit;
      case "N":
        return unit.slice(0, unit.lastIndexOf("."));
      case "%":
        return "%";
      default:
        return whole;
    }
  });
}

/** Of `NAME@INSTANCE.TYPE`, as it is written; empty for a unit without one. */
function instanceOf(unit: string): string {
  const at = unit.indexOf("@");
  return at < 0 ? "" : unit.slice(at + 1, unit.lastIndexOf("."));
}

/** The template that a unit is an instance of: `NAME@.TYPE`. */
export function templateOf(unit: string): string | undefined {
  const at = unit.indexOf("@");
  return at < 0 ? undefined : unit.slice(0, at + 1) + unit.slice(unit.lastIndexOf("."));
}

/** Takes back what systemd-escape(1) does. */
function unescape(text: string): string {
  const path = text.replaceAll("%", "%25").replaceAll("-", "/");
  return decodeURIComponent(path.replace(/\\x([0-9a-f]{2})/g, "%$1"));
}

const UNITS_MS: Readonly<Record<string, number>> = { "": 1000, ms: 1, s: 1000, min: 60_000, h: 3_600_000 };

/** One number with one of the units that the files here use. @throws {Error} If it is anything else. */
function milliseconds(value: string): number {
  const [, number = "", unit = ""] = /^(\d+(?:\.\d+)?) *([a-z]*)$/.exec(value) ?? [];
  const unitMs = UNITS_MS[unit];
  if (number === "" || unitMs === undefined) {
    throw new Error(`The model does not know the time span "${value}"`);
  }
  return Number(number) * unitMs;
}
