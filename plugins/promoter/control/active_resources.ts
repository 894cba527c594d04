/** Which resources of all promoters of this daemon run here or are about to, for not-with. */
import type { Effects } from "../../../src/effects/effects.ts";
import { isActive } from "../decide/apply_input.ts";
import type { StateMachine } from "./actor.ts";
import type { ResourceConfig } from "../config/resource_config.ts";

export class ActiveResources {
  static readonly #known = new WeakMap<Effects, ActiveResources>();

  /** The shared instance of these effects. */
  static of(effects: Effects): ActiveResources {
    const known = this.#known.get(effects) ?? new ActiveResources();
    this.#known.set(effects, known);
    return known;
  }

  readonly #configs = new Map<string, ResourceConfig>();
  readonly #active = new Set<string>();
  /** Each listener with its resource. */
  readonly #listeners = new Map<() => void, string>();
  /** Resources about which a decision is being made. */
  readonly #deciding = new Set<string>();

  private constructor() {}

  /** Until `signal` aborts, the resource is managed as `config` says. */
  add(config: ResourceConfig, signal: AbortSignal): void {
    this.#configs.set(config.name, config);
    signal.addEventListener("abort", () => {
      // After a reload, the next promoter may have taken over the resource already.
      if (this.#configs.get(config.name) !== config) return;
      this.#configs.delete(config.name);
      // No longer managed: DRBD's state shows whether it runs here.
      if (this.#active.has(config.name)) this.#change(config.name, false);
    });
  }

  /** Wraps a state machine, so that others are notified of its decisions at once: timers due together fire in a row. */
  follow(name: string, machine: StateMachine): StateMachine {
    return (state, ...rest) => {
      this.#deciding.add(name);
      try {
        const step = machine(state, ...rest);
        const isNow = this.#configs.has(name) && isActive(step.state.phase);
        if (isNow !== this.#active.has(name)) this.#change(name, isNow);
        return step;
      } finally {
        this.#deciding.delete(name);
      }
    };
  }

  has(name: string): boolean {
    return this.#active.has(name);
  }

  /** Whether `name` must not run with `other`, according to the configuration known here. */
  isNotWith(name: string, other: string): boolean {
    return this.#configs.get(name)?.notWith.includes(other) === true;
  }

  /** Calls `listener` of a resource after each change, until `signal` aborts. */
  listen(name: string, listener: () => void, signal: AbortSignal): void {
    this.#listeners.set(listener, name);
    signal.addEventListener("abort", () => this.#listeners.delete(listener));
  }

  #change(name: string, isNow: boolean): void {
    if (isNow) this.#active.add(name);
    else this.#active.delete(name);
    for (const [listener, owner] of this.#listeners) {
      // A decision in progress must be recorded first: the reactions of others may lead back to it.
      if (this.#deciding.has(owner)) void Promise.resolve().then(listener);
      else listener();
    }
  }
}
