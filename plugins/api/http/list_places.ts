/**
 * Limits answers that list all resources, because each may keep a snapshot alive while its client reads. A client that has
 * stalled loses its place when another one needs it.
 */
import type { Clock } from "../../../src/effects/effects.ts";
import type { BodyPlace } from "./paced_body.ts";

/** A client that takes nothing for this time has stalled: a chunk is 32 KiB, and the first ones fit the system's buffers. */
export const STALLED_MS = 150;
/** How long a client waits for a place; long enough for others to count as stalled. */
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

  /** `most`: limit of concurrent answers. */
  constructor(readonly clock: Clock, readonly most: number) {}

  /** A place, at once or within `WAIT_MS`; undefined if all others keep reading. */
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

  /** The client has taken a chunk. */
  taken(place: ListPlace): void {
    if (!this.#inUse.delete(place)) return;
    place.takenMs = this.clock.nowMs();
    this.#inUse.add(place);
  }

  ended(place: ListPlace): void {
    this.#inUse.delete(place);
    for (const wake of this.#waiting) wake();
  }

  /** Whether there is room, if necessary after ending the answer whose client has stalled longest. */
  #makeRoom(): boolean {
    if (this.#inUse.size < this.most) return true;
    const [oldest] = this.#inUse;
    if (oldest === undefined || this.clock.nowMs() - oldest.takenMs < STALLED_MS) return false;
    this.#inUse.delete(oldest);
    oldest.cut();
    return true;
  }

  /** Waits until a place is free or a client counts as stalled, at most `mostMs`. */
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
