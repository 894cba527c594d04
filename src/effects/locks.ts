/** Lock files, each held by one process of a node at a time. A lock is released when its process ends, however it ends. */

export interface HeldFile {
  /** Replaces the file's text. @throws {FileError} If it cannot be written. */
  write(text: string): Promise<void>;
  /** Releases the lock. */
  close(): void;
}

export interface Locks {
  /**
   * Creates the file if necessary and locks it. Undefined: another process still holds it after `waitMs`.
   * @throws {FileError} If it cannot be opened or locked.
   */
  take(path: string, waitMs: number): Promise<HeldFile | undefined>;
}
