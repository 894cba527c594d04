/** Reports repeated failures to stop a resource at a falling rate, with what prevents the stop. */
import type { Report } from "./report/report.ts";
import type { Services } from "./services.ts";

/** The first, second, fourth, eighth ... failure in a row is reported, then each time after this many. */
const REPORTED_STOPS = 512;

export class FailedStops {
  /** How many in a row. */
  #times = 0;

  constructor(readonly resource: string, readonly services: Services, readonly report: Report) {}

  /** A stop failed and will be retried. */
  failed(why: string): void {
    this.#times++;
    if (isReported(this.#times)) void this.#report(why, this.#times);
  }

  succeeded(): void {
    this.#times = 0;
  }

  /** Never rejects. */
  async #report(why: string, times: number): Promise<void> {
    const held = await this.services.describeHolders?.();
    const texts = [
      times === 1 ? why : `${times} times in a row: ${why}`,
      ...(held === undefined ? [] : [held]),
      "trying again",
    ];
    this.report.failure(this.resource, `stop failed: ${texts.join("; ")}`);
  }
}

/** Whether to report the failure number `times` in a row: at a falling rate. */
export function isReported(times: number): boolean {
  return (times & (times - 1)) === 0 || times % REPORTED_STOPS === 0;
}
