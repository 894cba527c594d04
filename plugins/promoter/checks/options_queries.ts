/**
 * Asks for DRBD's options on behalf of all resources. A few are asked for individually, in parallel; many at once with one
 * `drbdsetup show` for all resources: a node that loses a peer needs the options of all of them.
 */
import type { Effects, Timer } from "../../../src/effects/effects.ts";
import { askAllDrbdOptions, askDrbdOptions, type DrbdOptions } from "./drbd_options.ts";
import { Slots } from "../control/slots.ts";

/** At most this many individual questions at a time. */
const SINGLE_QUERIES = 8;
/** With this many questions at once, all resources are asked for together. */
const MANY = 5;
/** After a failed question for all, resources are asked for individually for this long. */
const ONE_BY_ONE_MS = 60_000;
/** With many resources, a question that is not urgent waits this long for others. */
const GATHER_MS = 200;

interface Query {
  readonly resource: string;
  readonly signal: AbortSignal;
  resolve(options: DrbdOptions | Promise<DrbdOptions>): void;
  reject(error: unknown): void;
}

export class OptionsQueries {
  static readonly #known = new WeakMap<Effects, OptionsQueries>();

  /** The shared instance of these effects. */
  static of(effects: Effects): OptionsQueries {
    const known = this.#known.get(effects) ?? new OptionsQueries(effects);
    this.#known.set(effects, known);
    return known;
  }

  readonly #slots = new Slots(SINGLE_QUERIES);
  /** Resources that were ever asked for. */
  readonly #names = new Set<string>();
  #waiting: Query[] = [];
  /** A batch of questions is scheduled. */
  #isDue = false;
  #gathering: Timer | undefined;
  /** The question for all resources that is in progress. */
  #askingAll: Promise<void> | undefined;
  #oneByOneUntilMs = -Infinity;

  private constructor(readonly effects: Effects) {}

  /** The options of a resource as of this call or later. @throws As `askDrbdOptions`. */
  ask(resource: string, signal: AbortSignal, isUrgent = true): Promise<DrbdOptions> {
    this.#names.add(resource);
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resource, signal, resolve, reject });
      if (isUrgent || this.#names.size < MANY) this.#runSoon();
      else this.#gathering ??= this.effects.clock.setTimer(GATHER_MS, () => this.#runQueries());
    });
  }

  /** Questions of the same moment are asked together. */
  #runSoon(): void {
    if (this.#isDue) return;
    this.#isDue = true;
    void Promise.resolve().then(() => this.#runQueries());
  }

  #runQueries(): void {
    this.#isDue = false;
    this.#gathering?.cancel();
    this.#gathering = undefined;
    const { size } = new Set(this.#waiting.map(({ resource }) => resource));
    if (size < MANY || this.effects.clock.nowMs() < this.#oneByOneUntilMs) {
      for (const question of this.#waiting.splice(0)) this.#askOne(question);
    } else {
      // Questions that come while it is in progress wait for the next one.
      this.#askingAll ??= this.#askAll().finally(() => {
        this.#askingAll = undefined;
        if (this.#waiting.length > 0) this.#runQueries();
      });
    }
  }

  #askOne({ resource, signal, resolve }: Query): void {
    resolve(this.#slots.use(() => askDrbdOptions(this.effects, resource, signal)));
  }

  /** Never rejects. */
  async #askAll(): Promise<void> {
    const questions = this.#waiting.splice(0);
    try {
      const all = await askAllDrbdOptions(this.effects);
      for (const { resource, resolve, reject } of questions) {
        const options = all.get(resource);
        if (options === undefined) reject(new Error(`drbdsetup shows no resource "${resource}"`));
        else resolve(options);
      }
    } catch {
      // It may have failed because of a single resource.
      this.#oneByOneUntilMs = this.effects.clock.nowMs() + ONE_BY_ONE_MS;
      for (const question of questions) this.#askOne(question);
    }
  }
}
