/**
 * This node's own id in each resource. events2 does not tell it; `drbdsetup status --verbose` does, and it stays the same
 * as long as the resource is there. So drbdsetup is asked once when resources have come, and never waited for.
 */
import type { Clock } from "../../../src/effects/effects.ts";
import { UNKNOWN_NODE_ID } from "./resource_json.ts";

/** Resources come in groups. */
const GATHER_MS = 200;
/** Not asked more often than this, however often resources come. */
const ASK_EVERY_MS = 10_000;
/** What drbdsetup does not tell then, it will not. */
const ATTEMPTS = 3;

export class NodeIds {
  readonly #ids = new Map<string, number>();
  /** Names, with how often drbdsetup is asked for them at the most. */
  readonly #wanted = new Map<string, number>();
  #isUnderWay = false;
  #askedMs = -Infinity;
  #version = 0;

  /** `ask` asks drbdsetup: ids by resource, none, if they cannot be found out. Ends with `signal`. */
  constructor(
    readonly clock: Clock,
    readonly ask: () => Promise<ReadonlyMap<string, number>>,
    readonly signal: AbortSignal,
  ) {}

  /** Another number means that ids may have changed. */
  get version(): number {
    return this.#version;
  }

  /** The id, or -1 while it is not known. */
  of(resource: string): number {
    return this.#ids.get(resource) ?? UNKNOWN_NODE_ID;
  }

  /** A resource came. */
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
      const told = await this.ask();
      for (const [name, attempts] of wanted) this.#take(name, told.get(name), attempts - 1);
      this.#version++;
    }
    this.#isUnderWay = false;
  }

  #take(name: string, id: number | undefined, attemptsLeft: number): void {
    // One that came anew in the meantime is none of this answer's.
    if (this.#wanted.has(name)) return;
    if (id !== undefined) this.#ids.set(name, id);
    else if (attemptsLeft > 0) this.#wanted.set(name, attemptsLeft);
  }
}
