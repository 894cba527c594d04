/** Findings of checks, before their positions in the file are looked up. */
import type { Severity } from "./diagnostic.ts";
import type { Path } from "./table.ts";

/** The text of a file, in which positions are looked up. */
export interface SourceText {
  readonly file: string;
  readonly text: string;
}

/** Something of a file, by its path. */
export interface Place {
  readonly source: SourceText;
  readonly path: Path;
}

/** Reads as `WRONG: found FOUND, expected EXPECTED`. */
export interface Finding extends Place {
  readonly severity: Severity;
  /** Whether to point at the key or at its value. */
  readonly at: "key" | "value";
  readonly wrong: string;
  readonly found: string;
  readonly expected: string;
  /** About a key or word that drbdd does not know and ignores. */
  readonly isUnknown?: true;
  /** What was written, and what was probably meant. */
  readonly spelling?: { readonly word: string; readonly known: readonly string[] } | undefined;
  /** Where the same was configured first. */
  readonly first?: Place | undefined;
}
