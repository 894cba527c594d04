/** What is said about a configuration: one line each, with the place it is about. */

/** `error`: the configuration is not used. `warning`: it is, but somebody should look. */
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
  /** It is about a word that drbdd does not know, and passes over. */
  readonly isUnknown?: true;
}

/** `FILE:LINE:COLUMN: what is wrong: what was found, what is expected`; without the numbers where there are none. */
export function formatDiagnostic({ file, line, column, message }: Diagnostic): string {
  return line === 0 ? `${file}: ${message}` : `${file}:${line}:${column}: ${message}`;
}

/** Whether a configuration with these diagnostics cannot be used. */
export function hasErrors(diagnostics: readonly Diagnostic[]): boolean {
  return diagnostics.some(({ severity }) => severity === "error");
}
