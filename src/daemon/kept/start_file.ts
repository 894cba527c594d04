/**
 * Keeps in a file of /run which starts failed on this node, and what others wait for: failures survive a restart of drbdd,
 * not one of the node, and drbddctl reads both where the daemon has no api.
 */
import type { Effects } from "../../effects/effects.ts";
import type { FailedStart, ObservedPromoter, StartWait } from "../../health/observed.ts";
import type { Logger } from "../../logging/logging.ts";
import { runtimePathForReaders } from "../status/config_status.ts";
import type { HealthBoard } from "../status/health_board.ts";
import { KeptFile } from "./kept_file.ts";

const NAME = "last-starts.json";
/** Resources that are kept, and the longest texts. */
const KEPT = 2_000;
const LONGEST_TEXT = 2_000;
const MOST_UNITS = 100;

/** Of one resource. */
export interface StartRecord {
  readonly failedStart?: FailedStart | undefined;
  readonly waitsFor?: StartWait | undefined;
}

type Board = Pick<HealthBoard, "promoters" | "restoreFailedStarts">;

export class StartFile {
  readonly #file: KeptFile;
  /** What stays when the daemon has ended. */
  #lastText: string | undefined;

  constructor(readonly effects: Effects, log: Logger, readonly board: Board) {
    this.#file = new KeptFile(effects, log, {
      name: NAME,
      what: "failed starts",
      text: () => this.#lastText ?? textOf(this.board.promoters),
    });
  }

  /** Takes over the failures that an earlier daemon has left, and writes what holds now. Never rejects. */
  async keep(): Promise<void> {
    if (!this.#file.hasPlace) return;
    const failures = Array.from(
      await readStarts(this.effects),
      ([name, { failedStart }]) => failedStart === undefined ? [] : [[name, failedStart] as const],
    );
    this.board.restoreFailedStarts(new Map(failures.flat()));
    this.changed();
  }

  /** What the promoters know has changed. */
  changed(): void {
    if (this.#lastText === undefined) this.#file.changed();
  }

  /** The daemon ends: failures stay, but nothing waits any more. */
  close(): void {
    this.changed();
    const failures = Array.from(
      this.board.promoters,
      ([name, { failedStart }]) => [name, { failedStart }] as const,
    );
    this.#lastText ??= textOf(new Map(failures));
    void this.flush();
  }

  /** Ends when the last change is written, or could not be. */
  flush(): Promise<void> {
    return this.#file.flush();
  }
}

function textOf(
  promoters: Iterable<readonly [string, Pick<ObservedPromoter, "failedStart" | "waitsFor">]>,
): string {
  const records: [string, StartRecord][] = [];
  for (const [name, { failedStart, waitsFor }] of promoters) {
    if (failedStart === undefined && waitsFor === undefined) continue;
    if (records.length === KEPT) break;
    records.push([name, {
      failedStart: failedStart && {
        ...failedStart,
        why: failedStart.why.slice(0, LONGEST_TEXT),
        units: failedStart.units.slice(0, MOST_UNITS),
      },
      waitsFor: waitsFor && { ...waitsFor, what: waitsFor.what.slice(0, LONGEST_TEXT) },
    }]);
  }
  return `${JSON.stringify(Object.fromEntries(records))}\n`;
}

/** By resource. Empty if there are none, or the file cannot be read. */
export async function readStarts(
  effects: Pick<Effects, "files" | "environment">,
): Promise<ReadonlyMap<string, StartRecord>> {
  try {
    const value: unknown = JSON.parse(await effects.files.readText(runtimePathForReaders(effects, NAME)));
    if (!isRecord(value)) return new Map();
    return new Map(
      Object.entries(value).flatMap(([name, each]) => isRecord(each) ? [[name, recordOf(each)]] : []),
    );
  } catch {
    return new Map();
  }
}

type Fields = Readonly<Record<string, unknown>>;

function recordOf({ failedStart, waitsFor }: Fields): StartRecord {
  return {
    failedStart: isRecord(failedStart) && isFailedStart(failedStart) ? failedStart : undefined,
    waitsFor: isRecord(waitsFor) && isStartWait(waitsFor) ? waitsFor : undefined,
  };
}

function isRecord(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isFailedStart(value: Fields): value is Fields & FailedStart {
  const { why, times, units, sinceMs } = value;
  return typeof why === "string" && typeof times === "number" && typeof sinceMs === "number" &&
    Array.isArray(units) && units.every((unit) => typeof unit === "string");
}

function isStartWait(value: Fields): value is Fields & StartWait {
  const { what, sinceMs } = value;
  return typeof what === "string" && typeof sinceMs === "number";
}
