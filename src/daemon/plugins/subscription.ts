/** What waits for a subscriber, as an async iterator. The three kinds differ in what they keep. */
import type { Resource } from "../../drbd/model/model.ts";
import type { Unplaced, Update } from "../../drbd/model/update.ts";
import type { Missed, ResourceNews, Subscription } from "./plugin.ts";
import { Queue } from "../../effects/queue.ts";

/** The part of a subscription that all kinds share: waiting, ending, cleaning up. */
abstract class Waiting<Value> implements Subscription<Value> {
  #wake: ((result: IteratorResult<Value>) => void) | undefined;
  #closed = false;
  readonly #onClose: () => void;
  readonly #signal: AbortSignal;
  readonly #onAbort = () => this.close();

  /** Closed when `signal` aborts. `onClose` is called once, when nothing more can be put in. */
  constructor(signal: AbortSignal, onClose: () => void) {
    this.#signal = signal;
    this.#onClose = onClose;
    signal.addEventListener("abort", this.#onAbort);
  }

  /** The oldest that waits; it is taken away. */
  protected abstract take(): Value | undefined;
  /** Forgets all that waits. */
  protected abstract clear(): void;

  /** Something may be there to take. */
  protected arrived(): void {
    if (this.#wake === undefined) return;
    const value = this.take();
    if (value === undefined) return;
    const wake = this.#wake;
    this.#wake = undefined;
    wake({ done: false, value });
  }

  next(): Promise<IteratorResult<Value>> {
    if (this.#closed) return Promise.resolve({ done: true, value: undefined });
    if (this.#wake !== undefined) throw new Error("A subscription is read by one reader at a time");
    const value = this.take();
    if (value !== undefined) return Promise.resolve({ done: false, value });
    return new Promise((resolve) => this.#wake = resolve);
  }

  return(): Promise<IteratorResult<Value>> {
    this.close();
    return Promise.resolve({ done: true, value: undefined });
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#signal.removeEventListener("abort", this.#onAbort);
    this.clear();
    this.#onClose();
    this.#wake?.({ done: true, value: undefined });
    this.#wake = undefined;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}

/** Every update, in order, none lost. */
export class AllChanges extends Waiting<Update> {
  readonly #queue = new Queue<Update>();

  get length(): number {
    return this.#queue.length;
  }

  put(update: Update): void {
    this.#queue.push(update);
    this.arrived();
  }

  protected take(): Update | undefined {
    return this.#queue.shift();
  }

  protected clear(): void {
    this.#queue.clear();
  }
}

/** The latest updates: of more than `capacity` that wait, the oldest are dropped and counted. */
export class RecentChanges extends Waiting<Unplaced | Missed> {
  readonly #queue = new Queue<Unplaced>();
  #missed = 0;

  constructor(readonly capacity: number, signal: AbortSignal, onClose: () => void) {
    super(signal, onClose);
  }

  put(update: Unplaced): void {
    if (this.#queue.length >= this.capacity) {
      this.#queue.shift();
      this.#missed++;
    }
    this.#queue.push(update);
    this.arrived();
  }

  protected take(): Unplaced | Missed | undefined {
    if (this.#missed === 0) return this.#queue.shift();
    const missed: Missed = { kind: "missed", count: this.#missed };
    this.#missed = 0;
    return missed;
  }

  protected clear(): void {
    this.#queue.clear();
    this.#missed = 0;
  }
}

/** Resources of which anything changed: one entry each, the newest, in the order of their first change. */
export class ChangedResources extends Waiting<ResourceNews> {
  readonly #waiting = new Map<string, Resource | undefined>();

  put(name: string, resource: Resource | undefined): void {
    this.#waiting.set(name, resource);
    this.arrived();
  }

  protected take(): ResourceNews | undefined {
    for (const [name, resource] of this.#waiting) {
      this.#waiting.delete(name);
      return { name, resource };
    }
    return undefined;
  }

  protected clear(): void {
    this.#waiting.clear();
  }
}
