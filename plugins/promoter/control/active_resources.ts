/** Which resources of all promoters of this drbdd run here, or are about to, for those that are not to run beside them. */
import type { Effects } from "../../../src/effects/effects.ts";
import { isActive } from "../decide/apply_input.ts";
import type { StateMachine } from "./actor.ts";
import type { ResourceConfig } from "../config/resource_config.ts";

export class ActiveResources {
  static readonly #known = new WeakMap<Effects, ActiveResources>();

  /** Those of a world. */
  static of(effects: Effects): ActiveResources {
    const known = this.#known.get(effects) ?? new ActiveResources();
    this.#known.set(effects, known);
    return known;
  }

  readonly #configs = new Map<string, ResourceConfig>();
  readonly #active = new Set<string>();
  /** Each with the resource that it belongs to. */
  readonly #listeners = new Map<() => void, string>();
  /** Resources about which something is being decided now. */
  readonly #deciding = new Set<string>();

  private constructor() {}

  /** Until `signal` aborts, the resource is managed as `config` says. */
  add(config: ResourceConfig, signal: AbortSignal): void {
    this.#configs.set(config.name, config);
    signal.addEventListener("abort", () => {
      // After a reload, the next promoter of the resource may have come already.
      if (this.#configs.get(config.name) !== config) return;
      this.#configs.delete(config.name);
      // Nobody decides about it any more: whether it runs here, DRBD says.
      if (this.#active.has(config.name)) this.#change(config.name, false);
    });
  }

  /** `mind`, whose decisions about a resource the others hear of at once: timers that are due together fire in a row. */
  follow(name: string, mind: StateMachine): StateMachine {
    return (state, ...rest) => {
      this.#deciding.add(name);
      try {
        const step = mind(state, ...rest);
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

  /** Whether `name` is not to run with `other`, as far as its configuration is known here. */
  isNotWith(name: string, other: string): boolean {
    return this.#configs.get(name)?.notWith.includes(other) === true;
  }

  /** Calls `listener`, which is that of a resource, when something changes, until `signal` aborts. */
  listen(name: string, listener: () => void, signal: AbortSignal): void {
    this.#listeners.set(listener, name);
    signal.addEventListener("abort", () => this.#listeners.delete(listener));
  }

  #change(name: string, isNow: boolean): void {
    if (isNow) this.#active.add(name);
    else this.#active.delete(name);
    for (const [listener, owner] of this.#listeners) {
      // Whoever decides just now has to note what he decided first: what the others do about it may lead back to him.
      if (this.#deciding.has(owner)) void Promise.resolve().then(listener);
      else listener();
    }
  }
}
