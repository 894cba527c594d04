/** Looks whether the kernel module is one of DRBD 8: the tools of DRBD 9 half work with it, and nothing else says why. */
import { parseVersions } from "../../drbd/model/versions.ts";
import { runLimited } from "../../effects/limited_run.ts";
import type { Effects, Timer } from "../../effects/effects.ts";
import { isTooOld, tooOld } from "../../health/assess.ts";
import type { Logger } from "../../logging/logging.ts";

const ARGV = ["drbdadm", "--version"] as const;
const LIMIT_MS = 10_000;
/** Not while the first starts are under way. */
const LOOK_AFTER_MS = 5_000;
/** drbdsetup can end again and again. */
const POLL_INTERVAL_MS = 60_000;

/** Problems that the line of status shows. */
interface Problems {
  set(key: string, text: string | undefined): void;
}

/** Whoever assesses health by the version. */
interface Assessor {
  setModule(version: string): void;
}

export interface ModuleContext {
  readonly effects: Effects;
  readonly log: Logger;
  readonly problems: { of(signal: AbortSignal): Problems };
  readonly health: Assessor;
  /** Aborts everything in progress. */
  readonly signal: AbortSignal;
}

export class ModuleWatch {
  readonly #problems: Problems;
  #timer: Timer | undefined;
  #lookedMs = -Infinity;
  /** The version that was last complained of. */
  #reported: string | undefined;

  constructor(readonly context: ModuleContext) {
    this.#problems = context.problems.of(context.signal);
    context.signal.addEventListener("abort", () => this.#timer?.cancel());
  }

  /** drbdsetup was started, or has ended: it does when the module is replaced. */
  mayHaveChanged(): void {
    const { effects: { clock }, signal } = this.context;
    if (this.#timer !== undefined || signal.aborted) return;
    const waitMs = Math.max(LOOK_AFTER_MS, this.#lookedMs + POLL_INTERVAL_MS - clock.nowMs());
    this.#timer = clock.setTimer(waitMs, () => {
      this.#timer = undefined;
      this.#lookedMs = clock.nowMs();
      void this.#look();
    });
  }

  /** Whoever needs the version complains of a drbdadm that fails. */
  async #look(): Promise<void> {
    const { effects, health, log, signal } = this.context;
    const result = await runLimited(effects, ARGV, { limitMs: LIMIT_MS, signal }).catch(() => undefined);
    const version = result?.code === 0 ? parseVersions(result.stdout)?.module : undefined;
    if (version === undefined || signal.aborted) return;
    health.setModule(version);
    if (!isTooOld(version)) {
      this.#reported = undefined;
      return this.#problems.set("module", undefined);
    }
    const { what, next } = tooOld(version);
    this.#problems.set("module", what);
    if (this.#reported !== version) log.error("{what}; fix it: {next}", { what, next });
    this.#reported = version;
  }
}
