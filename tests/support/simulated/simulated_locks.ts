/** Locks of one simulated node, in memory. */
import type { HeldFile, Locks } from "../../../src/effects/locks.ts";
import type { MemoryFiles } from "./memory_files.ts";

export class SimulatedLocks implements Locks {
  readonly #held = new Set<string>();

  constructor(readonly files: MemoryFiles) {}

  async take(path: string): Promise<HeldFile | undefined> {
    if (this.#held.has(path)) return undefined;
    this.#held.add(path);
    if (await this.files.stat(path) === undefined) await this.files.writeTextAtomic(path, "");
    return {
      write: (text) => this.files.writeTextAtomic(path, text),
      close: () => void this.#held.delete(path),
    };
  }

  /** The process that held it was killed. */
  free(path: string): void {
    this.#held.delete(path);
  }

  get held(): readonly string[] {
    return [...this.#held];
  }
}
