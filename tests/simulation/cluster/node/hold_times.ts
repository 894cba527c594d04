/** When resources of a node are on hold. */

/** drbdd has read a hold, or that it is over, after this. */
export const HOLD_READ_MS = 1_100;

/** Since when resources of a node have been on hold, and when the last holds ended. */
export class HoldTimes {
  readonly #sinceMs = new Map<string, number>();
  readonly #endedMs = new Map<string, number>();

  begin(resource: string, nowMs: number): void {
    this.#sinceMs.set(resource, nowMs);
  }

  end(resource: string, nowMs: number): void {
    if (this.#sinceMs.delete(resource)) this.#endedMs.set(resource, nowMs);
  }

  /** The node lost power: nothing of /run is left. */
  forget(): void {
    this.#sinceMs.clear();
  }

  sinceMs(resource: string): number | undefined {
    return this.#sinceMs.get(resource);
  }

  /** -Infinity if there was none. */
  endedMs(resource: string): number {
    return this.#endedMs.get(resource) ?? -Infinity;
  }
}
