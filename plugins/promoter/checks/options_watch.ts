/**
 * Watches the DRBD options of one resource: its split-brain protection, and options to warn about. Options can change at any time without
 * an event, so they are asked for repeatedly: when a start may be imminent, and otherwise often enough that the last answer is never too
 * old to start on.
 */
import { describe } from "../../../src/effects/describe.ts";
import type { PluginContext } from "../../../src/daemon/plugins/plugin.ts";
import type { DrbdOptions } from "./drbd_options.ts";
import { OptionsQueries } from "./options_queries.ts";
import { checkOptions, checkPreferredNodes, type Finding } from "./preflight.ts";
import { protectionOf } from "./protection.ts";
import type { Report } from "../control/report/report.ts";
import type { ResourceConfig } from "../config/resource_config.ts";
import type { SplitBrainProtection } from "../decide/state.ts";

/** While a resource is being created, connections may be missing: problems that may pass are not reported for this long. */
const NEW_MS = 1_000;
/** Retry interval after an unusable answer, and the minimum interval after a change. */
const FIRST_PAUSE_MS = 1_000;
const PAUSE_MS = 5_000;
/** Interval without changes: if an answer fails or is late, there is time for another one within 60 s. */
const AGAIN_MS = 30_000;
/** drbdsetup is killed after this. */
const LIMIT_MS = 10_000;

/** Abort reason. Without one, each `abort` creates an exception and records its stack. */
const ASK_AGAIN = "it is asked for again";

/** The resource of an `OptionsWatch`, and its listener. */
export interface OptionsListener {
  /** Services run here, or may do so. */
  isActive(): boolean;
  /** `askedMs` is when DRBD was asked. */
  onLearnt(protection: SplitBrainProtection, askedMs: number): void;
  onFindings(findings: readonly Finding[]): void;
}

export class OptionsWatch {
  /** The problem of the protection that was reported last: it is repeated only when it comes back, or after a reload. */
  #reportedProblem = "";
  /** The findings of the last answer: what it has in common with the next one is not news. */
  #lastFindings: ReadonlySet<string> = new Set();
  #newSinceMs = -Infinity;
  #isAsking = false;
  /** The question in progress was asked too early. */
  #isWantedAgain = false;
  /** A start may be waiting for the next answer. */
  #isUrgent = false;
  /** Questions in a row without a usable answer. */
  #bad = 0;
  /** Ends the pause before the next question. */
  #wake = new AbortController();
  /** Any change of the resource ends the pause. */
  #mayChangeWake = false;
  /** The last question had no answer. */
  #isUnknown = true;

  constructor(
    readonly context: PluginContext,
    readonly config: ResourceConfig,
    readonly report: Report,
    readonly listener: OptionsListener,
  ) {}

  /** The resource is new, or the configuration was reloaded: everything is checked and reported again. */
  look(): void {
    this.#reportedProblem = "";
    this.#lastFindings = new Set();
    this.#newSinceMs = this.context.effects.clock.nowMs();
    this.#bad = 0;
    this.ask();
  }

  /** The last answer may be outdated: asks at once. */
  ask(): void {
    this.#isUrgent = true;
    this.#askAgain();
  }

  /** The last answer may be outdated, but nothing is waiting for a new one. */
  askSoon(): void {
    this.#askAgain();
  }

  #askAgain(): void {
    this.#isWantedAgain = true;
    this.#wake.abort(ASK_AGAIN);
    if (!this.#isAsking) void this.#keepAsking();
  }

  /** Another change of the resource. If it has no protection, that may have changed. */
  changed(): void {
    if (this.#mayChangeWake) this.#wake.abort(ASK_AGAIN);
  }

  /** Runs until the resource is gone. */
  async #keepAsking(): Promise<void> {
    const { signal, effects: { clock } } = this.context;
    this.#isAsking = true;
    while (!signal.aborted && this.context.resource(this.config.name) !== undefined) {
      this.#isWantedAgain = false;
      this.#wake = new AbortController();
      const isGood = await this.#askOnce();
      // What a new resource lacks may still come: that is looked at again soon.
      this.#bad = isGood ? 0 : this.#isNew(clock.nowMs()) ? 1 : this.#bad + 1;
      if (!this.#isWantedAgain) await this.#pause();
    }
    if (!signal.aborted) this.report.nothingToProtect(this.config.name);
    this.#isAsking = false;
  }

  #isNew(nowMs: number): boolean {
    return nowMs - this.#newSinceMs < NEW_MS;
  }

  async #pause(): Promise<void> {
    const { signal, effects: { clock } } = this.context;
    const ends = AbortSignal.any([signal, this.#wake.signal]);
    // The preferred nodes have not been compared with the connections yet.
    const isNew = this.config.preferredNodes.length > 0 && this.#isNew(clock.nowMs());
    if (this.#bad === 0) return await clock.sleep(isNew ? NEW_MS : AGAIN_MS, ends);
    if (this.#bad === 1) return await clock.sleep(FIRST_PAUSE_MS, ends);
    await clock.sleep(PAUSE_MS, ends);
    if (this.#isUnknown || ends.aborted) return;
    // Without protection: options can be changed without drbdd being notified.
    this.#mayChangeWake = true;
    await clock.sleep(AGAIN_MS - PAUSE_MS, ends);
    this.#mayChangeWake = false;
  }

  /** Returns whether DRBD's options protect the resource. */
  async #askOnce(): Promise<boolean> {
    const { clock } = this.context.effects;
    const askedMs = clock.nowMs();
    const isSure = !this.#isNew(askedMs);
    try {
      const options = await this.#askInTime();
      this.#isUnknown = false;
      return this.#learn(options, askedMs, isSure);
    } catch (error) {
      this.#isUnknown = true;
      // A single failure may be accidental.
      if (this.#bad > 0) this.#reportUnknown(describe(error));
      return false;
    }
  }

  /** @throws If there is no answer, or none in time. */
  async #askInTime(): Promise<DrbdOptions> {
    const { effects, signal } = this.context;
    const isUrgent = this.#isUrgent;
    this.#isUrgent = false;
    const limit = new AbortController();
    const late = `"drbdsetup show" did not answer within ${LIMIT_MS / 1000} s and was killed`;
    const timer = effects.clock.setTimer(LIMIT_MS, () => {
      // One that hangs in the kernel cannot be killed either: it is not awaited.
      this.#reportUnknown(late);
      limit.abort();
    });
    try {
      return await OptionsQueries.of(effects).ask(
        this.config.name,
        AbortSignal.any([signal, limit.signal]),
        isUrgent,
      );
    } catch (error) {
      throw limit.signal.aborted ? new Error(late) : error;
    } finally {
      timer.cancel();
    }
  }

  #learn(options: DrbdOptions, askedMs: number, isSure: boolean): boolean {
    const { name } = this.config;
    const protection = protectionOf(options, name);
    this.listener.onLearnt(protection.by, askedMs);
    const isGood = protection.by !== "none";
    if (!isGood && !isSure) return false;
    const findings = [
      ...checkOptions(this.config, options),
      // Connections of a resource that was just brought up appear one by one.
      ...(isSure
        ? checkPreferredNodes(this.config, this.context.resource(name), this.context.effects.nodeName())
        : []),
    ];
    if (isGood) {
      this.#reportedProblem = "";
      this.report.protectedBy(name, protection.by);
    } else this.#reportProblem(protection.lack, `fix it with: ${protection.remedy}`);
    const news = findings.filter((each) => !this.#lastFindings.has(JSON.stringify(each)));
    this.#lastFindings = new Set(findings.map((each) => JSON.stringify(each)));
    this.listener.onFindings(news);
    return isGood;
  }

  #reportUnknown(reason: string): void {
    if (this.context.signal.aborted) return;
    const lack = `it is not known how DRBD avoids a split brain: ${reason}`;
    this.#reportProblem(lack, `asking again every ${PAUSE_MS / 1000} s`);
  }

  #reportProblem(lack: string, remedy: string): void {
    const isActive = this.listener.isActive();
    const problem = JSON.stringify([lack, isActive]);
    if (this.#reportedProblem === problem) return;
    this.#reportedProblem = problem;
    this.report.unprotected(this.config.name, isActive, lack, remedy);
  }
}
