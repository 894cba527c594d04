/** The versions of DRBD on this node, kept up to date: drbdsetup ends when the kernel module is replaced. */
import { parseVersions, type Versions } from "../../drbd/model/versions.ts";
import { describe } from "../../effects/describe.ts";
import { failureOf, runLimited } from "../../effects/limited_run.ts";
import type { Effects } from "../../effects/effects.ts";
import type { Logger } from "../../logging/logging.ts";

const ARGV = ["drbdadm", "--version"] as const;
/** A drbdadm that hangs is ended. */
const LIMIT_MS = 10_000;
/** How long a failure is left alone. */
const RETRY_MS = 300_000;

/** The part of the daemon that is read. */
export interface VersionsContext {
  readonly effects: Effects;
  readonly log: Logger;
  /** Aborts everything in progress. */
  readonly signal: AbortSignal;
  /** Whether drbdsetup events2 is not running. */
  stale(): boolean;
  /** How often drbdsetup was started again. */
  drbdsetupRestarts(): number;
}

export class DrbdVersions {
  readonly #context: VersionsContext;
  #versions: Versions | undefined;
  /** Restarts of drbdsetup when drbdadm was last asked. */
  #restarts = -1;
  #retryAtMs = Infinity;
  #failure = "";

  constructor(context: VersionsContext) {
    this.#context = context;
  }

  /**
   * What drbdadm said last, or undefined if it never answered. Asks it again, without waiting for the answer, the first
   * time and when drbdsetup was started again since.
   */
  current(): Versions | undefined {
    const { effects, stale } = this.#context;
    const restarts = this.#context.drbdsetupRestarts();
    const isOutdated = restarts !== this.#restarts && (this.#restarts < 0 || !stale());
    if (isOutdated || effects.clock.nowMs() >= this.#retryAtMs) {
      this.#restarts = restarts;
      this.#retryAtMs = Infinity;
      void this.#ask();
    }
    return this.#versions;
  }

  async #ask(): Promise<void> {
    const { log, signal } = this.#context;
    try {
      this.#versions = await this.#run();
      this.#failure = "";
    } catch (error) {
      // It was ended with all else: that says nothing of drbdadm.
      if (signal.aborted) return;
      const failure = describe(error);
      // Old versions are better than none: those of drbd-utils hardly change without a restart of drbdd.
      this.#retryAtMs = this.#context.effects.clock.nowMs() + RETRY_MS;
      if (failure !== this.#failure) {
        log.warn("Cannot determine the versions of DRBD: {failure}", { failure });
      }
      this.#failure = failure;
    }
  }

  async #run(): Promise<Versions> {
    const { effects, signal } = this.#context;
    const result = await runLimited(effects, ARGV, { limitMs: LIMIT_MS, signal });
    const command = ARGV.join(" ");
    if (result.code !== 0) throw new Error(`"${command}" failed: ${failureOf(result)}`);
    const versions = parseVersions(result.stdout);
    if (versions === undefined) {
      throw new Error(`The output of "${command}" does not have the version codes`);
    }
    return versions;
  }
}
