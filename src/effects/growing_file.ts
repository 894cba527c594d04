/** A file that grows while somebody may be reading it. */

export interface GrowingFile {
  /** Appends. Calls may follow one another without waiting; the order is kept. Rejects if it cannot be written. */
  write(text: string): Promise<void>;
  /** Brings all of it to the disk, and closes it. */
  close(): Promise<void>;
}

/** Makes the file. With `mayReplace` one that is there is emptied. Rejects with `FileError`. */
export type MakeFile = (path: string, mayReplace: boolean) => Promise<GrowingFile>;
