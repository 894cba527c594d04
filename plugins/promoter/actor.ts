/**
 * The promoter's body for one resource: tells its mind what happens, does what the mind decides, and tells it how that
 * ended. Nothing here waits for another resource, and no decision waits for an action.
 */
import type { Resource } from "../../src/drbd/model.ts";
import type { Update } from "../../src/drbd/update.ts";
import { describe } from "../../src/runtime/describe.ts";
import type { Timer } from "../../src/runtime/effects.ts";
import type { PluginContext } from "../../src/runtime/plugin.ts";
import { step } from "./mind.ts";
import type { Report } from "./report.ts";
import type { ResourceConfig } from "./resource_config.ts";
import type { Services } from "./services.ts";
import { type Action, type Avoidance, BEGINNING, type Input, type Outcome, type State } from "./state.ts";
import { viewOf } from "./view.ts";

export class Actor {
  readonly #context: PluginContext;
  readonly #config: ResourceConfig;
  readonly #services: Services;
  readonly #report: Report;
  #state: State = BEGINNING;
  #timer: Timer | undefined;
  #watch: AbortController | undefined;
  #isOver = false;
  /** Called when the services are known not to run. */
  #onStopped: (() => void) | undefined;

  constructor(context: PluginContext, config: ResourceConfig, services: Services, report: Report) {
    this.#context = context;
    this.#config = config;
    this.#services = services;
    this.#report = report;
  }

  get state(): State {
    return this.#state;
  }

  /** Follows the resource until the plugin is to stop. `onAppeared` is called when there is a resource, each time. */
  async follow(onAppeared: () => void): Promise<void> {
    void this.#find();
    let seen: Resource | undefined;
    for await (const update of this.#context.changes({ resources: [this.#config.name] })) {
      const resource = this.#resourceAfter(update);
      // All updates of one chunk show the resource as it stands after the chunk, so one look is enough.
      if (resource !== undefined && resource === seen) continue;
      const hasAppeared = resource !== undefined && seen === undefined;
      seen = resource;
      this.#feed({ kind: "resource", view: resource && viewOf(resource) });
      if (hasAppeared) onAppeared();
    }
  }

  /** The drop-ins are written and the resource is adjusted: it may be started. */
  prepared(): void {
    this.#feed({ kind: "prepared" });
  }

  /** How DRBD avoids a split brain; undefined if that cannot be told. */
  knowAvoidance(avoidance: Avoidance | undefined): void {
    this.#feed({ kind: "avoidance", avoidance });
  }

  /** Ends the actor; with `stopServices` when they have stopped, otherwise at once, leaving them as they are. */
  async end(stopServices: boolean): Promise<void> {
    this.#feed({ kind: "end", stopServices });
    if (stopServices && this.#state.phase !== "stopped") {
      await new Promise<void>((resolve) => this.#onStopped = resolve);
    }
    this.#isOver = true;
    this.#timer?.cancel();
    this.#watch?.abort();
    if (!stopServices) this.#services.letGo();
  }

  /** Gone, or known by another name now, is undefined. */
  #resourceAfter(update: Update): Resource | undefined {
    const isDestroyed = update.kind === "resource" && update.type === "destroy";
    return isDestroyed || update.resource.name !== this.#config.name ? undefined : update.resource;
  }

  async #find(): Promise<void> {
    for (;;) {
      try {
        this.#feed({ kind: "found", services: await this.#services.find() });
        return;
      } catch (error) {
        this.#context.log.error(
          "{resource}: cannot find out whether its services run, trying again: {error}",
          {
            resource: this.#config.name,
            error: describe(error),
          },
        );
        await this.#context.effects.clock.sleep(FIND_AGAIN_MS, this.#context.signal);
        if (this.#isOver) return;
      }
    }
  }

  #feed(input: Input): void {
    if (this.#isOver) return;
    const { effects } = this.#context;
    const moment = { nowMs: effects.clock.nowMs(), node: effects.nodeName(), isStale: this.#context.stale() };
    const { state, actions, wakeAtMs, decision } = step(this.#state, input, this.#config, moment);
    const before = this.#state;
    this.#state = state;
    if (decision !== undefined) this.#report.decision(this.#config.name, decision);
    if (state.phase !== before.phase) this.#phaseChanged();
    this.#timer?.cancel();
    this.#timer = wakeAtMs === undefined
      ? undefined
      : effects.clock.setTimer(wakeAtMs - moment.nowMs, () => this.#feed({ kind: "tick" }));
    for (const action of actions) void this.#do(action);
  }

  #phaseChanged(): void {
    const { phase } = this.#state;
    this.#report.state(this.#config.name, this.#state);
    if (phase === "stopped") this.#onStopped?.();
    if (phase === "started" && this.#config.onServiceFailure !== "ignore") {
      this.#watch = new AbortController();
      this.#services.watch((unit) => this.#feed({ kind: "unitFailed", unit }), this.#watch.signal);
    } else {
      this.#watch?.abort();
      this.#watch = undefined;
    }
  }

  async #do(action: Action): Promise<void> {
    this.#report.action(this.#config.name, action);
    const outcome = await this.#try(action);
    if (outcome === "failed") this.#report.failure(this.#config.name, action);
    if (action.kind === "start" && outcome === "ok") this.#report.takeover(this.#config.name);
    if (action.kind !== "restartUnit") this.#feed({ kind: "finished", action: action.number, outcome });
  }

  async #try(action: Action): Promise<Outcome> {
    try {
      switch (action.kind) {
        case "start":
          return await this.#services.start();
        case "stop":
          return await this.#services.stop();
        case "freeze":
          return await this.#services.freeze();
        case "thaw":
          return await this.#services.thaw();
        case "restartUnit":
          await this.#services.restart(action.unit);
          return "ok";
      }
    } catch (error) {
      const fields = { resource: this.#config.name, action: action.kind, error: describe(error) };
      this.#context.log.error("{resource}: cannot {action}: {error}", fields);
      return "failed";
    }
  }
}

const FIND_AGAIN_MS = 5_000;
