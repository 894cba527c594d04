/** What the daemon keeps in /run for drbddctl and for the next daemon: decisions, starts that failed or wait, split brains. */
import type { Effects } from "../../effects/effects.ts";
import type { Logger } from "../../logging/logging.ts";
import { DecisionFile } from "./decision_file.ts";
import type { DecisionLog } from "../status/decision_log.ts";
import type { HealthBoard } from "../status/health_board.ts";
import { SplitBrainFile } from "./split_brain_file.ts";
import { StartFile } from "./start_file.ts";

export class KeptStatus {
  readonly #decisions: DecisionFile;
  readonly #starts: StartFile;
  readonly #splitBrains: SplitBrainFile;

  constructor(effects: Effects, log: Logger, journal: DecisionLog, board: HealthBoard) {
    this.#decisions = new DecisionFile(effects, log, journal);
    this.#starts = new StartFile(effects, log, board);
    this.#splitBrains = new SplitBrainFile(effects, log, board);
  }

  /** Takes over what an earlier daemon has left, and keeps what changes from now on. */
  static keeping(effects: Effects, log: Logger, journal: DecisionLog, board: HealthBoard): KeptStatus {
    const kept = new KeptStatus(effects, log, journal, board);
    board.onKnowledgeChanged = () => {
      kept.#starts.changed();
      kept.#splitBrains.changed();
    };
    void kept.#decisions.keep();
    void kept.#starts.keep();
    void kept.#splitBrains.keep();
    return kept;
  }

  /** The daemon ends: of its promoters, what they know now is kept. */
  close(): void {
    this.#starts.close();
  }

  /** Ends when all that changed so far is written, or could not be. */
  async flush(): Promise<void> {
    await Promise.all([this.#decisions.flush(), this.#starts.flush(), this.#splitBrains.flush()]);
  }
}
