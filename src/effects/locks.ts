/** Files that one process of a node can hold at a time. They are free again when it ends, however it ends. */

export interface HeldFile {
  /** Replaces its text. @throws {FileError} If it cannot be written. */
  write(text: string): Promise<void>;
  /** Gives it up. */
  close(): void;
}

export interface Locks {
  /**
   * Makes the file if it is not there, and takes it. Undefined: another process still holds it after `waitMs`.
   * @throws {FileError} If it cannot be opened or locked.
   */
  take(path: string, waitMs: number): Promise<HeldFile | undefined>;
}
