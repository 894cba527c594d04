/**
 * Asks for DRBD's options for all resources of a daemon. A few are asked for one by one, side by side; many at once are one
 * `drbdsetup show` of all resources: a node that loses a peer asks for the options of all it has.
 */
import type { Effects, Timer } from "../../../src/effects/effects.ts";
import { askAllDrbdOptions, askDrbdOptions, type DrbdOptions } from "./drbd_options.ts";
import { Slots } from "../control/slots.ts";

/** So many are asked for one by one, at a time. */
const SINGLE_QUESTIONS = 8;
/** From so many questions of one moment on, all are asked for at once. */
const MANY = 5;
/** After a question for all that failed, resources are asked for one by one for so long. */
const ONE_BY_ONE_MS = 60_000;
/** A question that is not urgent waits so long for others, where there are many resources. */
const GATHER_MS = 200;

interface Question {
  readonly resource: string;
  readonly signal: AbortSignal;
  resolve(options: DrbdOptions | Promise<DrbdOptions>): void;
  reject(error: unknown): void;
}

export class OptionsQuestions {
  static readonly #known = new WeakMap<Effects, OptionsQuestions>();

  /** Those of a world. */
  static of(effects: Effects): OptionsQuestions {
    const known = this.#known.get(effects) ?? new OptionsQuestions(effects);
    this.#known.set(effects, known);
    return known;
  }

  readonly #slots = new Slots(SINGLE_QUESTIONS);
  /** Resources that were ever asked for. */
  readonly #names = new Set<string>();
  #waiting: Question[] = [];
  /** The questions that wait will be put in this moment. */
  #isDue = false;
  #gathering: Timer | undefined;
  /** The question for all that goes on. */
  #askingAll: Promise<void> | undefined;
  #oneByOneUntilMs = -Infinity;

  private constructor(readonly effects: Effects) {}

  /** The options of a resource, as they are when this is called or later. @throws As `askDrbdOptions`. */
  ask(resource: string, signal: AbortSignal, isUrgent = true): Promise<DrbdOptions> {
    this.#names.add(resource);
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resource, signal, resolve, reject });
      if (isUrgent || this.#names.size < MANY) this.#putSoon();
      else this.#gathering ??= this.effects.clock.setTimer(GATHER_MS, () => this.#putQuestions());
    });
  }

  /** Who asks in the same moment is asked for together. */
  #putSoon(): void {
    if (this.#isDue) return;
    this.#isDue = true;
    void Promise.resolve().then(() => this.#putQuestions());
  }

  #putQuestions(): void {
    this.#isDue = false;
    this.#gathering?.cancel();
    this.#gathering = undefined;
    const { size } = new Set(this.#waiting.map(({ resource }) => resource));
    if (size < MANY || this.effects.clock.nowMs() < this.#oneByOneUntilMs) {
      for (const question of this.#waiting.splice(0)) this.#askOne(question);
    } else {
      // While it goes on, whoever asks waits for the next one.
      this.#askingAll ??= this.#askAll().finally(() => {
        this.#askingAll = undefined;
        if (this.#waiting.length > 0) this.#putQuestions();
      });
    }
  }

  #askOne({ resource, signal, resolve }: Question): void {
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
      // One resource may be what it fails for.
      this.#oneByOneUntilMs = this.effects.clock.nowMs() + ONE_BY_ONE_MS;
      for (const question of questions) this.#askOne(question);
    }
  }
}
