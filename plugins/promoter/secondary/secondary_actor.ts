/** Executes what the state machine of `decide.ts` decides for the services of one resource that run where it is Secondary. */
import { describe } from "../../../src/effects/describe.ts";
import type { Timer } from "../../../src/effects/effects.ts";
import type { PluginContext } from "../../../src/daemon/plugins/plugin.ts";
import type { Resource } from "../../../src/drbd/model/model.ts";
import type { Update } from "../../../src/drbd/model/update.ts";
import { ActiveResources } from "../control/active_resources.ts";
import { isReported } from "../control/failed_stops.ts";
import { LoggedOnce } from "../control/report/logged_once.ts";
import { warnWhenSlow } from "../control/report/slow_operation_warning.ts";
import type { SecondaryConfig } from "../config/secondary_config.ts";
import { HoldWatch } from "../hold/hold_watch.ts";
import { describeSystemctl } from "../systemd/units/systemctl.ts";
import {
  SECONDARY_INITIAL_STATE,
  type SecondaryAction,
  type SecondaryFound,
  type SecondaryInput,
  type SecondaryState,
  type secondaryStep,
} from "./decide.ts";
import { PromotionGate } from "./promotion_gate.ts";
import { SecondaryReport } from "./secondary_report.ts";
import { type SecondaryEnd, SecondaryServices } from "./secondary_services.ts";

/** What decides. */
export type SecondaryStateMachine = typeof secondaryStep;

const FIND_AGAIN_MS = 5_000;

export class SecondaryActor {
  readonly #context: PluginContext;
  readonly #name: string;
  readonly #services: SecondaryServices;
  readonly #report: SecondaryReport;
  #state: SecondaryState = SECONDARY_INITIAL_STATE;
  #timer: Timer | undefined;
  #isOver = false;
  #failedStops = 0;
  readonly #startFailure = new LoggedOnce();
  /** Called when they are known not to run, or nobody manages them any more. */
  readonly #waiting = new Set<() => void>();

  constructor(
    context: PluginContext,
    readonly config: SecondaryConfig,
    readonly stateMachine: SecondaryStateMachine,
  ) {
    this.#context = context;
    this.#name = config.name;
    this.#services = new SecondaryServices(context.effects, context.log, config);
    this.#report = new SecondaryReport(context, config.name);
  }

  get state(): SecondaryState {
    return this.#state;
  }

  /** Manages them until the plugin is to stop. They are started when `dropIns` is fulfilled. */
  async run(dropIns: Promise<unknown>): Promise<void> {
    const { effects, log, signal } = this.#context;
    const active = ActiveResources.of(effects);
    const look = () => this.#feed({ kind: "promoting", isPromoting: active.has(this.#name) });
    active.listen(this.#name, look, signal);
    look();
    PromotionGate.of(effects).add(this.#name, this);
    const onHold = (isOnHold: boolean) => this.#feed({ kind: "hold", isOnHold });
    const holds = HoldWatch.of(effects, log).add(this.#name, (hold) => onHold(hold !== undefined), signal);
    void Promise.all([dropIns, holds]).then(() => {
      if (!signal.aborted) this.#feed({ kind: "prepared" });
    });
    void this.#findFirst();
    for await (
      const update of this.#context.changes({ resources: [this.#name], kinds: ["resource", "device"] })
    ) {
      const resource = this.#resourceAfter(update);
      const view = resource &&
        { role: resource.role, disks: resource.devices.map(({ diskState }) => diskState) };
      this.#feed({ kind: "resource", view });
    }
  }

  /**
   * drbdd is about to promote the resource here: they are stopped first. Ends when they do not run; at once, and with
   * undefined, if they do not.
   */
  stopForPromotion(): Promise<void> | undefined {
    // While drbdd ends, a promoter that has not been ended yet may still promote.
    if (this.#isOver) return this.#services.stop().then(() => {});
    this.#feed({ kind: "promoting", isPromoting: true });
    if (this.#state.phase === "stopped") return undefined;
    return new Promise((resolve) => this.#waiting.add(resolve));
  }

  /** drbdd is about to end: nothing is started any more. */
  rest(): void {
    this.#feed({ kind: "end", stopServices: false });
  }

  /** Ends it; with `stopServices` when they have stopped, otherwise leaving them as they are. With `isExit` drbdd ends. */
  async end({ isExit, stopServices }: { isExit: boolean; stopServices: boolean }): Promise<void> {
    this.#feed({ kind: "end", stopServices });
    // What nothing is known of is not stopped either.
    if (stopServices && this.#state.phase !== "stopped" && this.#state.phase !== "unsure") {
      await new Promise<void>((resolve) => this.#waiting.add(resolve));
    }
    this.#isOver = true;
    if (!isExit) PromotionGate.of(this.#context.effects).remove(this.#name, this);
    this.#timer?.cancel();
    this.#notifyStopped();
    await this.#services.leave();
    this.#report.forget();
  }

  #resourceAfter({ kind, type, resource }: Update): Resource | undefined {
    return (kind === "resource" && type === "destroy") || resource.name !== this.#name ? undefined : resource;
  }

  /** Observes what runs, with retries until that is known. Never rejects. */
  async #findFirst(): Promise<void> {
    const { effects: { clock }, signal, log } = this.#context;
    const logged = new LoggedOnce();
    while (!this.#isOver && !signal.aborted) {
      const found = await this.#find((error) =>
        logged.log(describeSystemctl(error), () =>
          log.error(
            "{resource}: cannot find out whether its services for a Secondary run; retrying every {seconds} s: {error}",
            { resource: this.#name, seconds: FIND_AGAIN_MS / 1_000, error: describeSystemctl(error) },
          ))
      );
      if (found !== undefined) return this.#feed({ kind: "found", services: found });
      await clock.sleep(FIND_AGAIN_MS, signal);
    }
  }

  async #find(onError: (error: unknown) => void): Promise<SecondaryFound | undefined> {
    try {
      return await this.#services.find();
    } catch (error) {
      onError(error);
      return undefined;
    }
  }

  #feed(input: SecondaryInput): void {
    if (this.#isOver) return;
    const { effects: { clock } } = this.#context;
    const before = this.#state;
    const moment = { nowMs: clock.nowMs(), isStale: this.#context.stale() };
    const { state, action, wakeAtMs, decision, severity } = this.stateMachine(before, input, moment);
    this.#state = state;
    this.#timer?.cancel();
    this.#timer = wakeAtMs === undefined
      ? undefined
      : clock.setTimer(wakeAtMs - moment.nowMs, () => this.#feed({ kind: "tick" }));
    if (action !== undefined) void this.#do(action);
    if (decision !== undefined) this.#report.decision(decision, severity);
    if (state.phase !== before.phase) this.#report.phase(before.phase, state.phase);
    if (state.phase === "stopped") this.#notifyStopped();
  }

  #notifyStopped(): void {
    for (const resolve of this.#waiting) resolve();
    this.#waiting.clear();
  }

  /** Never rejects. */
  async #do(action: SecondaryAction): Promise<void> {
    if (action.kind === "look") {
      const found = await this.#find((error) =>
        this.#context.log.debug("{resource}: {error}", { resource: this.#name, error: describe(error) })
      );
      if (found !== undefined) this.#feed({ kind: "found", services: found });
      return;
    }
    const { kind, number } = action;
    const done = kind === "start" ? await this.#services.start() : await this.#stop();
    if (kind === "start") this.#startEnded(done);
    else this.#stopEnded(done);
    if (done.outcome === "givenUp") return;
    this.#feed({ kind: "finished", action: number, outcome: done.outcome });
  }

  /** A start may take as long as a backup does. A stop is waited for. */
  #stop(): Promise<SecondaryEnd> {
    const { effects: { clock }, log } = this.#context;
    const what = "stop of the services for a Secondary";
    return warnWhenSlow(clock, log, this.#name, what, this.#services.stop(), () => this.#services.waitsFor);
  }

  #startEnded(done: SecondaryEnd): void {
    if (done.outcome === "ok") this.#startFailure.reset();
    if (done.outcome !== "failed") return this.#report.ended("start", done);
    this.#report.count("start", done);
    this.#startFailure.log(
      done.why,
      () => this.#report.failure(`start failed: ${done.why}; retrying every 20 s`),
    );
  }

  #stopEnded(done: SecondaryEnd): void {
    if (done.outcome !== "failed") {
      this.#failedStops = 0;
      return this.#report.ended("stop", done, this.#state.failedStarts > 1);
    }
    this.#report.count("stop", done);
    if (isReported(++this.#failedStops)) this.#report.failure(`stop failed: ${done.why}; trying again`);
  }
}
