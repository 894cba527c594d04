/**
 * Keeps in a file of /run between which nodes there is a split brain: DRBD calls its helper only once, and a daemon that is
 * restarted would take the connection for one that an administrator has ended.
 */
import type { Effects } from "../../effects/effects.ts";
import type { Logger } from "../../logging/logging.ts";
import { runtimePathForReaders } from "../status/config_status.ts";
import type { HealthBoard } from "../status/health_board.ts";
import { KeptFile } from "./kept_file.ts";

const NAME = "split-brains.json";
const KEPT = 2_000;

type Board = Pick<HealthBoard, "keptSplitBrains" | "restoreSplitBrains">;

export class SplitBrainFile {
  readonly #file: KeptFile;
  /** Nothing is written before there is something to keep. */
  #hasBegun = false;

  constructor(readonly effects: Effects, log: Logger, readonly board: Board) {
    this.#file = new KeptFile(effects, log, {
      name: NAME,
      what: "split brains",
      text: () => `${JSON.stringify(Object.fromEntries([...board.keptSplitBrains].slice(0, KEPT)))}\n`,
    });
  }

  /** Takes over what an earlier daemon has left. Never rejects. */
  async keep(): Promise<void> {
    if (!this.#file.hasPlace) return;
    const earlier = await readSplitBrains(this.effects);
    this.board.restoreSplitBrains(earlier);
    this.changed();
  }

  /** Something may have changed. */
  changed(): void {
    this.#hasBegun ||= this.board.keptSplitBrains.size > 0;
    if (this.#hasBegun) this.#file.changed();
  }

  /** Ends when the last change is written, or could not be. */
  flush(): Promise<void> {
    return this.#file.flush();
  }
}

async function readSplitBrains(
  effects: Pick<Effects, "files" | "environment">,
): Promise<ReadonlyMap<string, readonly number[]>> {
  try {
    const value: unknown = JSON.parse(await effects.files.readText(runtimePathForReaders(effects, NAME)));
    if (typeof value !== "object" || value === null) return new Map();
    return new Map(
      Object.entries(value).flatMap(([name, peers]) =>
        Array.isArray(peers) && peers.every((peer) => typeof peer === "number") ? [[name, peers]] : []
      ),
    );
  } catch {
    return new Map();
  }
}
