/**
 * What drbdsetup printed at once, taken in turns, so that nothing has to wait for the whole of it; and yet taken as a
 * whole, as its lines belong together: who looks before all of it is applied and told makes that happen at once.
 */
import type { Cluster } from "../../drbd/model/cluster.ts";
import type { Resource } from "../../drbd/model/model.ts";
import type { Parts } from "../../drbd/state/parts.ts";
import type { Step } from "../../drbd/state/stream.ts";
import type { Summary } from "../../drbd/state/summary.ts";
import type { Clock } from "../../effects/effects.ts";
import { Pace } from "./pace.ts";
import type { Reader } from "./reader.ts";

/** Who hears what a chunk brought. */
export interface Hearer {
  /** Tells it in parts. */
  parts(step: Step): Parts<void>;
  /** All of it is told. `wasLive`: whether the picture was up to date before. */
  taken(step: Step, wasLive: boolean): void;
}

export class Intake {
  #underWay: Parts<() => void> | undefined;
  #failure: { readonly error: unknown } | undefined;

  constructor(readonly clock: Clock, readonly reader: Reader, readonly hearer: Hearer) {}

  /**
   * Takes a chunk of output. Returns a promise if that takes longer than a turn; the bytes have to be good until then,
   * and the next chunk is to be given after that.
   */
  take(bytes: Uint8Array): Promise<void> | undefined {
    if (this.#underWay !== undefined) throw new Error("A chunk came before the last one was taken");
    this.#underWay = this.#parts(bytes);
    const pace = new Pace(this.clock);
    while (this.#underWay !== undefined) {
      if (pace.isDue) return this.#takeRest(pace);
      this.#takePart();
    }
    return undefined;
  }

  /** Does at once what is left of the chunk that is being taken. */
  complete(): void {
    while (this.#underWay !== undefined) this.#takePart();
  }

  get known(): boolean {
    return this.#whole().known;
  }

  get live(): boolean {
    return this.#whole().live;
  }

  cluster(): Cluster {
    return this.#whole().cluster();
  }

  resource(name: string): Resource | undefined {
    return this.#whole().resource(name);
  }

  summary(): Summary {
    return this.#whole().summary();
  }

  /** Does a part of what `cluster` would have to do at once. Returns whether there was as much to do. */
  catchUp(most: number): boolean {
    if (this.#underWay === undefined) return this.reader.catchUp(most);
    this.#takePart();
    return true;
  }

  #whole(): Reader {
    this.complete();
    return this.reader;
  }

  async #takeRest(pace: Pace): Promise<void> {
    while (this.#underWay !== undefined) {
      if (pace.isDue) await pace.giveWay();
      else this.#takePart();
    }
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  #takePart(): void {
    try {
      const result = this.#underWay?.next();
      if (result?.done !== true) return;
      this.#underWay = undefined;
      result.value();
    } catch (error) {
      // Whoever has only looked is told, but it is he that gave the chunk who has to stop.
      this.#underWay = undefined;
      this.#failure = { error };
      throw error;
    }
  }

  /** What is to be done after the last part is its result: it may look. */
  *#parts(bytes: Uint8Array): Parts<() => void> {
    const wasLive = this.reader.live;
    const step = yield* this.reader.parts(bytes);
    yield* this.hearer.parts(step);
    return () => this.hearer.taken(step, wasLive);
  }
}
