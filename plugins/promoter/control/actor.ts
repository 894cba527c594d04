/**
 * The controller of one resource: feeds its state machine, and executes what that decides. Nothing here waits for
 * another resource, and no decision waits for an action.
 */
import type { Resource } from "../../../src/drbd/model/model.ts";
import type { Update } from "../../../src/drbd/model/update.ts";
import { describe } from "../../../src/effects/describe.ts";
import type { Timer } from "../../../src/effects/effects.ts";
import type { PluginContext } from "../../../src/daemon/plugins/plugin.ts";
import { isActive } from "../decide/apply_input.ts";
import { type AskStatus, withStatus } from "../checks/drbd_status.ts";
import { FailedStops } from "./failed_stops.ts";
import { findUntilKnown } from "./find_until_known.ts";
import { GoneCheck } from "../checks/gone_check.ts";
import type { Hold } from "../hold/hold.ts";
import type { step } from "../decide/state_machine.ts";
import { warnWhenSlow } from "./report/slow_operation_warning.ts";
import { becamePrimary, isProtected, mayLeadToStart } from "../decide/start/start_conditions.ts";
import type { Report } from "./report/report.ts";
import type { ResourceConfig } from "../config/resource_config.ts";
import { PromotionGate } from "../secondary/promotion_gate.ts";
import { ServiceWatch } from "./service_watch.ts";
import type { Done, OnFailed, Services } from "./services.ts";
import { StartReadiness } from "./start/start_readiness.ts";
import { type Action, INITIAL_STATE, type Input, type Phase } from "../decide/state.ts";
import type { OutsideStop, SplitBrainProtection, State } from "../decide/state.ts";
import { type View, viewOf } from "../decide/view.ts";

/** What a change means for the check of DRBD's options: the resource is new; a start may follow; neither. */
export type News = "new" | "startConditions" | "other";

/** The state machine. */
export type StateMachine = typeof step;

export class Actor {
  #state: State = INITIAL_STATE;
  #timer: Timer | undefined;
  readonly #goneCheck: GoneCheck;
  readonly #watch: ServiceWatch;
  readonly #readiness: StartReadiness;
  #isOver = false;
  readonly #failedStops: FailedStops;
  #hasObserved = false;
  /** Called when the services are known not to run. */
  #onStopped: (() => void) | undefined;

  constructor(
    readonly context: PluginContext,
    readonly config: ResourceConfig,
    readonly services: Services,
    readonly report: Report,
    readonly stateMachine: StateMachine,
    askStatus: AskStatus,
  ) {
    this.#goneCheck = new GoneCheck(context, config.name, report, askStatus, {
      onGone: () => this.#removed(),
      onPresent: (status) => this.#see(this.#state.view && withStatus(this.#state.view, status)),
    });
    this.#failedStops = new FailedStops(config.name, services, report);
    const { clock } = context.effects;
    const onFailed: OnFailed = (unit, sinceMs = clock.nowMs()) =>
      this.#feed({ kind: "unitFailed", unit, sinceMs });
    const onUnfrozen = () => this.#feed({ kind: "unfrozen" });
    this.#watch = new ServiceWatch(config, services, report, onFailed, onUnfrozen);
    const onWait = (untilMs: number) => this.#feed({ kind: "startCheck", untilMs });
    const onFailure = (reason: string | undefined) =>
      report.health.waits(config.name, "preconditions", reason && `systemd: ${reason}`);
    this.#readiness = new StartReadiness(context, config.name, services, onWait, onFailure);
  }

  get state(): State {
    return this.#state;
  }

  /** Follows the resource until the plugin stops. `onSeen` is called after each change, with its meaning for the check of DRBD's options. */
  async follow(onSeen: (news: News) => void): Promise<void> {
    this.#watch.follow(this.#state);
    let seen: Resource | undefined;
    for await (const update of this.context.changes({ resources: [this.config.name] })) {
      const resource = this.#resourceAfter(update);
      // All updates of a chunk show the resource after the chunk, so one evaluation is enough.
      if (resource !== undefined && resource === seen) continue;
      const isNew = seen === undefined;
      seen = resource;
      if (resource === undefined) {
        // A dump may lack a resource that drbdd promoted: it must not count as somebody else's Primary afterwards.
        const mayBeHere = this.isActive || this.#state.phase === "unsure" || this.#state.isOurs;
        if (mayBeHere) this.#goneCheck.begin();
        else this.#removed();
        continue;
      }
      const wasMissing = this.#goneCheck.end();
      if (isNew && !wasMissing && update.type !== "exists") this.#reportUp(resource);
      const before = this.#state.view;
      const view = viewOf(resource);
      this.#see(view);
      // Which services run says little before the role is known.
      this.#findFirst();
      onSeen(isNew ? "new" : mayLeadToStart(before, view) ? "startConditions" : "other");
    }
  }

  /** The drop-ins are written and the resource is adjusted: it may be started. */
  prepared(): void {
    this.#readiness.begin();
    this.#feed({ kind: "prepared" });
  }

  /** DRBD's split-brain protection, as asked for at `askedMs`. */
  setProtection(protection: SplitBrainProtection, askedMs: number): void {
    this.#feed({ kind: "protection", protection, askedMs });
  }

  /** An administrator has put it on hold, or released it. */
  hold(hold: Hold | undefined): void {
    this.report.hold(this.config.name, hold);
    this.#feed({ kind: "hold", isOnHold: hold !== undefined });
    // Failures that were ignored in the meantime are reported again.
    this.#watch.follow(this.#state);
  }

  /** Changes elsewhere: the configuration, or the not-with resources. */
  handle(input: Extract<Input, { kind: "reloaded" | "neighbours" }>): void {
    this.#feed(input);
  }

  /** Services run here, or may do so. */
  get isActive(): boolean {
    return isActive(this.#state.phase);
  }

  /** drbdd is about to stop: no new action begins. */
  rest(): void {
    this.#feed({ kind: "end", stopServices: false });
  }

  /** Ends the actor: with `stopServices` after stopping them, otherwise without touching them. */
  async end({ isExit, stopServices }: { isExit: boolean; stopServices: boolean }): Promise<void> {
    const stopped = new Promise<void>((resolve) => this.#onStopped = resolve);
    this.#feed({ kind: "end", stopServices });
    if (stopServices) this.#findFirst();
    if (stopServices && this.#state.phase !== "stopped") await stopped;
    this.#isOver = true;
    this.#timer?.cancel();
    this.#watch.end();
    this.#readiness.end();
    await this.services.leave(isExit);
  }

  /** At boot drbdd often starts before the resources exist: their arrival is logged. */
  #reportUp({ name, role }: Resource): void {
    this.context.log.info("{resource}: now up in DRBD, {role} here", { resource: name, role });
  }

  #removed(): void {
    this.context.log.info("{resource}: no longer up in DRBD on this node", { resource: this.config.name });
    this.#see(undefined);
  }

  #see(view: View | undefined): void {
    this.#feed({ kind: "resource", view });
    this.report.primaries(this.config.name, view);
  }

  /** Undefined if it is gone or renamed. */
  #resourceAfter(update: Update): Resource | undefined {
    const isDestroyed = update.kind === "resource" && update.type === "destroy";
    return isDestroyed || update.resource.name !== this.config.name ? undefined : update.resource;
  }

  #findFirst(): void {
    if (!this.#hasObserved) void this.#find(true);
    this.#hasObserved = true;
  }

  /** Observes which services run until that is known, and passes it to the state machine. */
  async #find(isFirst: boolean): Promise<void> {
    const { context, config: { name }, services, report } = this;
    const found = await findUntilKnown(context, name, services, report, {
      isFirst,
      isOver: () => this.#isOver,
    });
    if (found !== undefined) this.#feed({ kind: "found", services: found });
    // Services in an unknown state are not stopped either.
    else if (this.#state.phase === "unsure") this.#onStopped?.();
  }

  #feed(input: Input): void {
    if (this.#isOver) return;
    const { effects } = this.context;
    const moment = { nowMs: effects.clock.nowMs(), node: effects.nodeName(), isStale: this.context.stale() };
    const { state, actions, wakeAtMs, decision, severity } = this.stateMachine(
      this.#state,
      input,
      this.config,
      moment,
    );
    const before = this.#state;
    this.#state = state;
    this.#timer?.cancel();
    this.#timer = wakeAtMs === undefined
      ? undefined
      : effects.clock.setTimer(wakeAtMs - moment.nowMs, () => this.#feed({ kind: "tick" }));
    // First act, then report.
    for (const action of actions) void this.#do(action);
    if (decision !== undefined) this.report.decision(this.config.name, decision, severity);
    const isDemoted = state.demotedSinceMs !== undefined && before.demotedSinceMs === undefined;
    if (isDemoted) void this.#examine();
    if (before.isOurs && !state.isOurs) this.services.released?.();
    if (state.phase !== before.phase) this.#phaseChanged(before.phase);
    // What failed while a start's news were still to come was ignored.
    else if (becamePrimary(before.view, state.view)) this.#watch.follow(state);
    this.#readiness.follow(this.#state, wakeAtMs);
  }

  #phaseChanged(before: Phase): void {
    const { phase } = this.#state;
    if (before === "unsure" && (phase === "started" || phase === "frozen")) {
      this.report.found(this.config, this.#state);
    }
    this.report.state(this.config.name, this.#state);
    if (phase === "stopped") this.#onStopped?.();
    this.#watch.follow(this.#state);
  }

  /** Never rejects. */
  async #examine(): Promise<void> {
    let stop: OutsideStop | undefined;
    try {
      stop = await this.services.whyStopped?.();
    } catch (error) {
      const { log } = this.context;
      log.debug("{resource}: {error}", { resource: this.config.name, error: describe(error) });
    }
    this.#feed({ kind: "examined", stop });
  }

  async #do(action: Action): Promise<void> {
    if (action.kind === "look") return await this.#find(false);
    const { context, config } = this;
    const what = action.kind === "restartUnit" ? `restart of ${action.unit}` : action.kind;
    const done = await warnWhenSlow(
      context.effects.clock,
      context.log,
      config.name,
      what,
      this.#try(action),
      () => this.services.waitsFor,
    );
    this.#report(action, done);
    if (action.kind === "restartUnit") {
      this.#feed({ kind: "restarted" });
    } else {
      const failedUnit = done.outcome === "ok" ? done.failedUnit : undefined;
      this.#feed({ kind: "finished", action: action.number, outcome: done.outcome, failedUnit });
    }
  }

  #report(action: Action, done: Done): void {
    if (action.kind === "stop" && done.outcome === "failed") {
      this.report.count(this.config.name, action, done);
      this.#failedStops.failed(done.why);
      return;
    }
    if (action.kind === "stop") this.#failedStops.succeeded();
    this.report.end(this.config.name, action, done, this.#state.view?.primaryPeer);
  }

  /** Whether the start with this number is still valid after the final check of its preconditions. */
  #mayStillStart(number: number): boolean {
    const { action, ending, isOnHold, view } = this.#state;
    return !this.#isOver && ending === "no" && !isOnHold && number === action &&
      view?.primaryPeer === undefined &&
      isProtected(this.#state, { nowMs: this.context.effects.clock.nowMs() });
  }

  async #try(action: Exclude<Action, { kind: "look" }>): Promise<Done> {
    try {
      switch (action.kind) {
        case "start": {
          const { context: { effects, log }, config: { name } } = this;
          await this.#readiness.ready();
          // Meanwhile a stop may have been decided, or a peer have become Primary.
          const mayStart = () => this.#mayStillStart(action.number);
          return await PromotionGate.of(effects).pass(name, log, mayStart, () => this.services.start());
        }
        case "stop":
          return await this.services.stop((why) => this.#failedStops.failed(why));
        case "freeze":
          return await this.services.freeze();
        case "thaw":
          return await this.services.thaw();
        case "restartUnit":
          return await this.services.restart(action.unit);
      }
    } catch (error) {
      return { outcome: "failed", why: describe(error) };
    }
  }
}
