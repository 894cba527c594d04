/** A file that is appended to while others may read it. */

export interface GrowingFile {
  /** Appends. Calls need not be awaited; their order is kept. Rejects if writing fails. */
  write(text: string): Promise<void>;
  /** Syncs it to the disk and closes it. */
  close(): Promise<void>;
}

/** Creates the file. With `mayReplace` an existing one is truncated. Rejects with `FileError`. */
export type MakeFile = (path: string, mayReplace: boolean) => Promise<GrowingFile>;
