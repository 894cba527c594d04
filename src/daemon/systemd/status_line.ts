/** The line of status that systemd shows: the state of DRBD and its health, what is wrong, and what the end of drbdd would stop. */
import type { ProblemList } from "../plugins/problems.ts";
import type { Supervisor } from "../plugins/supervisor.ts";
import type { Reader } from "../source/reader.ts";
import type { HealthBoard } from "../status/health_board.ts";
import type { Readiness } from "./readiness.ts";
import { stateLine } from "./state_line.ts";

/** The packages' restart.sh looks for these words, and leaves the daemon alone where it finds them. */
const STOPS_SERVICES = "stopping drbdd stops services";

/** What of the daemon the line is about. */
export interface StatusParts {
  readonly reader: Reader;
  readonly health: HealthBoard;
  readonly problems: ProblemList;
  readonly supervisor: Supervisor;
  readonly readiness: Readiness;
  /** Why the state is not kept up to date, when it is not. */
  notLiveReason(): string;
}

export class StatusLine {
  readonly #parts: StatusParts;

  constructor(parts: StatusParts) {
    this.#parts = parts;
  }

  /** The whole line. */
  now(): string {
    return this.withWarning(this.state());
  }

  /** `status` with what is wrong, and whether the end of drbdd would stop services. */
  withWarning(status: string): string {
    const { problems, supervisor } = this.#parts;
    const known = problems.addTo(status);
    return supervisor.stopsServices ? `${known}; ${STOPS_SERVICES}` : known;
  }

  /** The state of DRBD and its health. */
  state(): string {
    const { reader, health, readiness, notLiveReason } = this.#parts;
    const line = stateLine(
      reader.summary(),
      reader.live ? health.all() : [],
      readiness.isReady && readiness.isPreparing,
    );
    if (reader.live) return line;
    return reader.known
      ? `STALE: ${notLiveReason()}; last known: ${line}`
      : `The state of DRBD is unknown: ${notLiveReason()}`;
  }
}
