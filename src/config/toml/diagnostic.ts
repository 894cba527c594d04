/** Diagnostics of a configuration: one line each, with the place in the file. */

/** `error`: the configuration is refused. `warning`: it is used, but probably not what was meant. */
export type Severity = "error" | "warning";

/** A place in a file. Lines and columns count from 1; line 0 stands for the file as a whole. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

export interface Diagnostic extends Position {
  readonly severity: Severity;
  readonly file: string;
  /** What is wrong, what was found, what is expected. */
  readonly message: string;
  /** About a key or word that drbdd does not know and ignores. */
  readonly isUnknown?: true;
}

/** `FILE:LINE:COLUMN: problem: what was found, what is expected`; without the numbers if unknown. */
export function formatDiagnostic({ file, line, column, message }: Diagnostic): string {
  return line === 0 ? `${file}: ${message}` : `${file}:${line}:${column}: ${message}`;
}

/** Whether these diagnostics make the configuration unusable. */
export function hasErrors(diagnostics: readonly Diagnostic[]): boolean {
  return diagnostics.some(({ severity }) => severity === "error");
}
