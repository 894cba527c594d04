/**
 * Places for answers that list all resources: each may hold on to a state of its own as long as its client reads it. Who
 * does not read gives its place up as soon as somebody else wants it.
 */
import type { Clock } from "../../../src/effects/effects.ts";
import type { BodyPlace } from "./paced_body.ts";

/** Who takes nothing for so long does not read: a piece is 32 KiB, and the system's buffers take the first ones. */
export const STALLED_MS = 150;
/** How long somebody waits for a place: whoever took the last piece when he came has stalled well before that. */
export const WAIT_MS = 900;

class ListPlace implements BodyPlace {
  cut: () => void = () => {};

  constructor(readonly places: ListPlaces, public takenMs: number) {}

  take(): void {
    this.places.taken(this);
  }

  end(): void {
    this.places.ended(this);
  }
}

export class ListPlaces {
  /** Longest ago taken first. */
  readonly #inUse = new Set<ListPlace>();
  readonly #waiting = new Set<() => void>();

  /** `most`: how many answers may be under way. */
  constructor(readonly clock: Clock, readonly most: number) {}

  /** A place, at once or within `WAIT_MS`; undefined if all others read on. */
  async enter(): Promise<BodyPlace | undefined> {
    const untilMs = this.clock.nowMs() + WAIT_MS;
    while (!this.#makeRoom()) {
      const leftMs = untilMs - this.clock.nowMs();
      if (leftMs <= 0) return undefined;
      await this.#wait(leftMs);
    }
    const place = new ListPlace(this, this.clock.nowMs());
    this.#inUse.add(place);
    return place;
  }

  /** Its client has taken a piece. */
  taken(place: ListPlace): void {
    if (!this.#inUse.delete(place)) return;
    place.takenMs = this.clock.nowMs();
    this.#inUse.add(place);
  }

  ended(place: ListPlace): void {
    this.#inUse.delete(place);
    for (const wake of this.#waiting) wake();
  }

  /** Whether there is room, if need be made by ending the answer whose client has not read for the longest time. */
  #makeRoom(): boolean {
    if (this.#inUse.size < this.most) return true;
    const [oldest] = this.#inUse;
    if (oldest === undefined || this.clock.nowMs() - oldest.takenMs < STALLED_MS) return false;
    this.#inUse.delete(oldest);
    oldest.cut();
    return true;
  }

  /** Until somebody leaves, or the one that may not read has had its time; `mostMs` at the longest. */
  async #wait(mostMs: number): Promise<void> {
    const [oldest] = this.#inUse;
    const stalledInMs = (oldest?.takenMs ?? 0) + STALLED_MS - this.clock.nowMs();
    const over = new AbortController();
    const wake = () => over.abort();
    this.#waiting.add(wake);
    await this.clock.sleep(Math.max(0, Math.min(mostMs, stalledInMs)), over.signal);
    this.#waiting.delete(wake);
  }
}
