/**
 * This node's id in each resource. events2 does not print it, but `drbdsetup status --verbose` does, and it is constant
 * while the resource exists. So drbdsetup is run once after resources were added, and nothing waits for it.
 */
import type { Clock } from "../../../src/effects/effects.ts";
import { UNKNOWN_NODE_ID } from "./resource_json.ts";

/** Delay, because resources are added in groups. */
const GATHER_MS = 200;
/** Minimum time between two runs. */
const ASK_EVERY_MS = 10_000;
/** Attempts per resource. */
const ATTEMPTS = 3;

export class NodeIds {
  readonly #ids = new Map<string, number>();
  /** Names with the remaining attempts. */
  readonly #wanted = new Map<string, number>();
  #isUnderWay = false;
  #askedMs = -Infinity;
  #version = 0;

  /** `ask` runs drbdsetup and returns ids by resource; empty if it fails. Ends with `signal`. */
  constructor(
    readonly clock: Clock,
    readonly ask: () => Promise<ReadonlyMap<string, number>>,
    readonly signal: AbortSignal,
  ) {}

  /** Changes when ids may have changed. */
  get version(): number {
    return this.#version;
  }

  /** The id, or -1 while unknown. */
  of(resource: string): number {
    return this.#ids.get(resource) ?? UNKNOWN_NODE_ID;
  }

  /** A resource was added. */
  came(resource: string): void {
    this.gone(resource);
    this.#wanted.set(resource, ATTEMPTS);
    if (!this.#isUnderWay) void this.#learn();
  }

  renamed(resource: string, newName: string): void {
    const id = this.#ids.get(resource);
    this.gone(resource);
    if (id === undefined) this.came(newName);
    else this.#ids.set(newName, id);
  }

  gone(resource: string): void {
    this.#wanted.delete(resource);
    this.#ids.delete(resource);
  }

  async #learn(): Promise<void> {
    this.#isUnderWay = true;
    const { clock } = this;
    while (this.#wanted.size > 0) {
      await clock.sleep(Math.max(GATHER_MS, this.#askedMs + ASK_EVERY_MS - clock.nowMs()), this.signal);
      if (this.signal.aborted) return;
      this.#askedMs = clock.nowMs();
      const wanted = new Map(this.#wanted);
      this.#wanted.clear();
      const answers = await this.ask();
      for (const [name, attempts] of wanted) this.#take(name, answers.get(name), attempts - 1);
      this.#version++;
    }
    this.#isUnderWay = false;
  }

  #take(name: string, id: number | undefined, attemptsLeft: number): void {
    // A resource that was added again in the meantime is not in this answer.
    if (this.#wanted.has(name)) return;
    if (id !== undefined) this.#ids.set(name, id);
    else if (attemptsLeft > 0) this.#wanted.set(name, attemptsLeft);
  }
}
