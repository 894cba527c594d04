/**
 * Keeps the last decisions in a file of /run: they survive a restart of drbdd, not one of the node, and drbddctl reads them
 * where the daemon has no api.
 */
import type { Effects } from "../../effects/effects.ts";
import type { Logger } from "../../logging/logging.ts";
import { runtimePathForReaders } from "../status/config_status.ts";
import { type Decision, DECISION_LEVELS, type DecisionLog } from "../status/decision_log.ts";
import { KeptFile } from "./kept_file.ts";

const NAME = "decisions.json";
/** Decisions of a resource that are kept there, and of all together: some hundred KiB. */
const KEPT_OF_EACH = 20;
const KEPT = 2_000;
const LONGEST_TEXT = 2_000;

type Decisions = ReadonlyMap<string, readonly Decision[]>;

export class DecisionFile {
  readonly #file: KeptFile;

  constructor(readonly effects: Effects, log: Logger, readonly decisions: DecisionLog) {
    this.#file = new KeptFile(effects, log, {
      name: NAME,
      what: "the last decisions",
      text: () => `${JSON.stringify(Object.fromEntries(newest(decisions)))}\n`,
    });
  }

  /** Takes over what an earlier daemon has left, and keeps what is decided from now on. Never rejects. */
  async keep(): Promise<void> {
    if (!this.#file.hasPlace) return;
    this.decisions.follow(() => this.#file.changed());
    for (const [resource, list] of await readDecisions(this.effects)) this.decisions.restore(resource, list);
  }

  /** Ends when what was decided so far is written, or could not be. */
  flush(): Promise<void> {
    return this.#file.flush();
  }
}

/** The newest of all resources, oldest first. */
function newest(log: DecisionLog): [resource: string, list: readonly Decision[]][] {
  const each = log.resources().map((resource): [string, Decision[]] => [
    resource,
    log.of(resource).slice(-KEPT_OF_EACH).map((decision) => ({
      ...decision,
      text: decision.text.slice(0, LONGEST_TEXT),
    })),
  ]);
  const times = each.flatMap(([, list]) => list.map(({ wallMs }) => wallMs)).sort((a, b) => b - a);
  const oldestMs = times[KEPT - 1] ?? -Infinity;
  return each.map(([resource, list]): [string, Decision[]] => [
    resource,
    list.filter(({ wallMs }) => wallMs >= oldestMs),
  ]).filter(([, list]) => list.length > 0);
}

/** The path of the file. */
export function keptDecisionsPath(effects: Pick<Effects, "environment">): string {
  return runtimePathForReaders(effects, NAME);
}

/** By resource, oldest first. Empty if there are none, or the file cannot be read. */
export async function readDecisions(effects: Pick<Effects, "files" | "environment">): Promise<Decisions> {
  try {
    const value: unknown = JSON.parse(await effects.files.readText(keptDecisionsPath(effects)));
    if (typeof value !== "object" || value === null) return new Map();
    return new Map(
      Object.entries(value).map(([resource, list]) => [
        resource,
        Array.isArray(list) ? list.filter(isDecision) : [],
      ]),
    );
  } catch {
    return new Map();
  }
}

function isDecision(value: unknown): value is Decision {
  if (typeof value !== "object" || value === null) return false;
  const { wallMs, plugin, level, text } = value as Partial<Record<keyof Decision, unknown>>;
  return typeof wallMs === "number" && typeof plugin === "string" && typeof text === "string" &&
    DECISION_LEVELS.some((known) => known === level);
}
