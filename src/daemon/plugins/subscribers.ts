/**
 * The subscribers to changes. Subscribers of single resources are found by name, so that a thousand of them cost
 * each update as much as one.
 */
import type { Interest } from "../../drbd/state/interest.ts";
import type { Unplaced, Update, UpdateKind } from "../../drbd/model/update.ts";

export interface Subscriber {
  /** Absent: all. */
  readonly resources: ReadonlySet<string> | undefined;
  /** Absent: all. */
  readonly kinds: ReadonlySet<UpdateKind> | undefined;
  /** `build` makes it a whole update, with its resource. */
  put(update: Unplaced, build: () => Update): void;
}

const NONE: ReadonlySet<Subscriber> = new Set();

export class Subscribers implements Interest {
  readonly #ofAll = new Set<Subscriber>();
  readonly #byName = new Map<string, Set<Subscriber>>();
  #version = 0;

  get version(): number {
    return this.#version;
  }

  wants(name: string): boolean {
    return this.#ofAll.size > 0 || this.#byName.has(name);
  }

  get isEmpty(): boolean {
    return this.#ofAll.size === 0 && this.#byName.size === 0;
  }

  get ofAll(): ReadonlySet<Subscriber> {
    return this.#ofAll;
  }

  /** Those who named the resource. */
  of(name: string): ReadonlySet<Subscriber> {
    return this.#byName.get(name) ?? NONE;
  }

  add(subscriber: Subscriber): void {
    this.#version++;
    if (subscriber.resources === undefined) this.#ofAll.add(subscriber);
    for (const name of subscriber.resources ?? []) {
      const subscribers = this.#byName.get(name) ?? new Set();
      this.#byName.set(name, subscribers.add(subscriber));
    }
  }

  remove(subscriber: Subscriber): void {
    this.#version++;
    this.#ofAll.delete(subscriber);
    for (const name of subscriber.resources ?? []) {
      const subscribers = this.#byName.get(name);
      subscribers?.delete(subscriber);
      if (subscribers?.size === 0) this.#byName.delete(name);
    }
  }
}
