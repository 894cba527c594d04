/** systemctl, as the promoter uses it. */
import { describe } from "../../../../src/effects/describe.ts";
import { type Effects, ProgramError, type RunResult } from "../../../../src/effects/effects.ts";
import { failureOf, type LimitedResult, runLimited } from "../../../../src/effects/limited_run.ts";
import type { Logger } from "../../../../src/logging/logging.ts";
import { FIRST_WORD_MS, warnWhenSlow } from "../../control/report/slow_operation_warning.ts";

/** For requests that systemd answers at once, unless it hangs or is loading its units. */
const ANSWER_TIMEOUT_MS = 10_000;
/** systemd reads all units again: thousands take time, on a busy node even more. */
const RELOAD_MS = 120_000;
/** Verbs that make systemd reload its units. */
const RELOADS: readonly string[] = ["daemon-reload", "mask", "unmask", "enable", "disable", "preset"];
/** Verbs that wait for jobs, which take as long as units need to start and stop. */
const WAITS: readonly string[] = ["start", "stop", "restart", "try-restart", "reload"];
/** How many times to ask systemd. */
const MOST_QUERIES = 3;

/** Properties of a unit as `systemctl show` prints them. */
export type Properties = ReadonlyMap<string, string>;

/** systemctl failed with this message. */
export class SystemctlError extends Error {
  override readonly name = "SystemctlError";
}

export class Systemctl {
  /** With a log, slow operations are reported. */
  constructor(readonly effects: Effects, readonly log?: Logger) {}

  /**
   * Runs systemctl. An exit code other than 0 is a result, and so is no answer within the time limit of the verb. Verbs
   * that wait for jobs have no limit: see `UnitJobs`. @throws {ProgramError} If there is no systemctl.
   */
  async run(args: readonly string[], signal?: AbortSignal): Promise<LimitedResult> {
    const { effects, log } = this;
    const limitMs = limitOf(args);
    const argv = ["systemctl", "--no-pager", "--no-ask-password", ...args];
    // Its times are parsed: UTC has no ambiguous zone names.
    const running = runLimited(effects, argv, {
      limitMs,
      signal,
      env: args[0] === "show" ? { TZ: "UTC" } : {},
    });
    const isSlow = Number.isFinite(limitMs) && limitMs > FIRST_WORD_MS;
    if (log === undefined || !isSlow) return await running;
    return await warnWhenSlow(effects.clock, log, undefined, `systemctl ${args.join(" ")}`, running);
  }

  /** Runs systemctl. @throws If it fails, with its message. */
  async must(args: readonly string[], signal?: AbortSignal): Promise<void> {
    const result = await this.run(args, signal);
    if (result.code !== 0) throw new SystemctlError(complaintOf(args, result));
  }

  /**
   * Properties of units, in the order asked for. Units that do not exist have properties, too (LoadState says so). If
   * systemd does not answer, it is asked again, three times altogether.
   * @throws If systemctl fails.
   */
  async show(units: readonly string[], properties: readonly string[]): Promise<Properties[]> {
    if (units.length === 0) return [];
    const args = ["show", ...properties.map((name) => `--property=${name}`), "--", ...units];
    let result = await this.run(args);
    for (let asked = 1; result.isLate && asked < MOST_QUERIES; asked++) {
      if (asked === 1) {
        this.log?.warn("systemd does not answer: {complaint}; asking again", {
          complaint: complaintOf(args, result),
        });
      }
      result = await this.run(args);
    }
    if (result.code !== 0) throw new SystemctlError(complaintOf(args, result));
    // One block a unit, parted by empty lines. A property without value is there, with nothing after its `=`.
    const blocks = result.stdout.trimEnd().split("\n\n").map(propertiesOf);
    if (blocks.length !== units.length) {
      throw new SystemctlError(
        `"systemctl show" printed ${blocks.length} units instead of ${units.length}`,
      );
    }
    return blocks;
  }
}

/** `error` as text, with advice if this node has no systemd. */
export function describeSystemctl(error: unknown): string {
  const isMissing = error instanceof ProgramError && error.program === "systemctl";
  const isAlone = error instanceof SystemctlError && /not been booted with systemd/.test(error.message);
  return isMissing || isAlone
    ? `${describe(error)}; without systemd, use runner = "shell" for all resources of this node`
    : describe(error);
}

/** Describes a failed run. */
export function complaintOf(args: readonly string[], result: RunResult): string {
  return `"systemctl ${args.join(" ")}" failed: ${failureOf(result)}`;
}

function limitOf([verb = ""]: readonly string[]): number {
  if (WAITS.includes(verb)) return Infinity;
  return RELOADS.includes(verb) ? RELOAD_MS : ANSWER_TIMEOUT_MS;
}

/** Active, or becoming or ceasing to be: something of it may run. */
export function isUp(unit: Properties): boolean {
  const state = unit.get("ActiveState");
  return state !== undefined && state !== "inactive" && state !== "failed";
}

/** systemd has a job for it. */
export function hasJob(unit: Properties): boolean {
  const job = unit.get("Job") ?? "";
  return job !== "" && job !== "0";
}

function propertiesOf(block: string): Properties {
  const properties = new Map<string, string>();
  for (const line of block.split("\n")) {
    const equals = line.indexOf("=");
    if (equals > 0) properties.set(line.slice(0, equals), line.slice(equals + 1));
  }
  return properties;
}
