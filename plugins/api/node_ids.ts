/**
 * This node's own id in each resource. events2 does not tell it; `drbdsetup status --verbose` does, and it stays the same
 * as long as the resource is there. So drbdsetup is asked once when resources have come, and never waited for.
 */
import { describe } from "../../src/effects/describe.ts";
import type { Effects } from "../../src/effects/effects.ts";
import { runLimited } from "../../src/effects/limited_run.ts";
import type { Logger } from "../../src/logging/logging.ts";
import { UNKNOWN_NODE_ID } from "./resource_json.ts";

const ARGV = ["drbdsetup", "status", "--verbose"] as const;
/** Resources come in groups. */
const GATHER_MS = 200;
/** Not asked more often than this, however often resources come. */
const ASK_EVERY_MS = 10_000;
/** What drbdsetup does not tell then, it will not. */
const ATTEMPTS = 3;
const MOST_OUTPUT_BYTES = 64 * 1024 * 1024;
const PATIENCE_MS = 5_000;
/** A line of a resource begins with its name; those of its children are indented. Long lines are broken at blanks. */
const RESOURCE_LINE = /^([^\s]+)\s+node-id:(\d+)\s/gm;

export class NodeIds {
  readonly #ids = new Map<string, number>();
  /** Names, with how often drbdsetup is asked for them at the most. */
  readonly #wanted = new Map<string, number>();
  #isUnderWay = false;
  #askedMs = -Infinity;
  #version = 0;

  /** Ends with `signal`. */
  constructor(readonly effects: Effects, readonly log: Logger, readonly signal: AbortSignal) {}

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
    const { clock } = this.effects;
    while (this.#wanted.size > 0) {
      await clock.sleep(Math.max(GATHER_MS, this.#askedMs + ASK_EVERY_MS - clock.nowMs()), this.signal);
      if (this.signal.aborted) return;
      this.#askedMs = clock.nowMs();
      const wanted = new Map(this.#wanted);
      this.#wanted.clear();
      const told = await this.#ask();
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

  /** Ids by resource; none, if they cannot be learnt. */
  async #ask(): Promise<ReadonlyMap<string, number>> {
    try {
      const { stdout } = await runLimited(this.effects, ARGV, {
        limitMs: PATIENCE_MS,
        signal: this.signal,
        maxOutputBytes: MOST_OUTPUT_BYTES,
      });
      return new Map(Array.from(stdout.matchAll(RESOURCE_LINE), ([, name = "", id]) => [name, Number(id)]));
    } catch (error) {
      this.log.debug("This node's ids cannot be learnt: {error}", { error: describe(error) });
      return new Map();
    }
  }
}
