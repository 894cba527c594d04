/** Stops of one resource that fail again and again: reported at a falling rate, with what keeps them from succeeding. */
import type { Report } from "./report.ts";
import type { Services } from "./services.ts";

/** Of many in a row the first, second, fourth, eighth ... are reported, and each of so many. */
const REPORTED_STOPS = 512;

export class FailedStops {
  /** How many in a row. */
  #times = 0;

  constructor(readonly resource: string, readonly services: Services, readonly report: Report) {}

  /** A stop failed, and will be repeated. */
  failed(why: string): void {
    this.#times++;
    if (isReported(this.#times)) void this.#report(why, this.#times);
  }

  succeeded(): void {
    this.#times = 0;
  }

  /** Never rejects. */
  async #report(why: string, times: number): Promise<void> {
    const held = await this.services.whatHolds?.();
    const texts = [
      times === 1 ? why : `${times} times in a row: ${why}`,
      ...(held === undefined ? [] : [held]),
      "trying again",
    ];
    this.report.failure(this.resource, `stop failed: ${texts.join("; ")}`);
  }
}

/** Whether the failure that is number `times` in a row is worth a message: at a falling rate. */
export function isReported(times: number): boolean {
  return (times & (times - 1)) === 0 || times % REPORTED_STOPS === 0;
}
