/**
 * This node's own id in each resource. events2 does not tell it; `drbdsetup status --verbose` does, and it stays the same
 * as long as the resource is there. So drbdsetup is asked once when resources have come, and never waited for.
 */
import { describe } from "../../src/runtime/describe.ts";
import { type Effects, programEnvironment } from "../../src/runtime/effects.ts";
import type { Logger } from "../../src/runtime/logging.ts";
import { UNKNOWN_NODE_ID } from "./resource_json.ts";

const ARGV = ["drbdsetup", "status", "--verbose"] as const;
/** Resources come in groups. */
const GATHER_MS = 200;
/** Not asked more often than this, however often resources come. */
const ASK_EVERY_MS = 10_000;
const MOST_OUTPUT_BYTES = 64 * 1024 * 1024;
const PATIENCE_MS = 5_000;
/** A line of a resource begins with its name; those of its children are indented. Long lines are broken at blanks. */
const RESOURCE_LINE = /^([^\s]+)\s+node-id:(\d+)\s/gm;

export class NodeIds {
  readonly #ids = new Map<string, number>();
  readonly #wanted = new Set<string>();
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
    this.#wanted.add(resource);
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
      const wanted = [...this.#wanted];
      this.#wanted.clear();
      await this.#ask(wanted);
    }
    this.#isUnderWay = false;
  }

  /** What cannot be learnt stays unknown: it is no reason to ask again and again. */
  async #ask(names: readonly string[]): Promise<void> {
    const deadline = new AbortController();
    const timer = this.effects.clock.setTimer(PATIENCE_MS, () => deadline.abort());
    try {
      const { stdout } = await this.effects.processes.run(ARGV, {
        env: programEnvironment(this.effects),
        signal: AbortSignal.any([this.signal, deadline.signal]),
        maxOutputBytes: MOST_OUTPUT_BYTES,
      });
      const told = new Map(
        Array.from(stdout.matchAll(RESOURCE_LINE), ([, name = "", id]) => [name, Number(id)]),
      );
      for (const name of names) {
        const id = told.get(name);
        // A resource that went, or came anew, in the meantime is none of this answer's.
        if (id !== undefined && !this.#wanted.has(name)) this.#ids.set(name, id);
      }
      this.#version++;
    } catch (error) {
      this.log.debug("This node's ids cannot be learnt: {error}", { error: describe(error) });
    } finally {
      timer.cancel();
    }
  }
}
