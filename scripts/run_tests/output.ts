/** What `deno test` prints, read: counts, and what is worth showing of it. */

/** Counts of a run, as in its last line. */
export interface Counts {
  readonly passed: number;
  readonly passedSteps: number;
  readonly failed: number;
  readonly failedSteps: number;
  readonly ignored: number;
}

export const NO_TESTS: Counts = { passed: 0, passedSteps: 0, failed: 0, failedSteps: 0, ignored: 0 };

/** "ok | 5 passed (2 steps) | 0 failed | 1 ignored (3s)" */
const LAST_LINE =
  /^(?:ok|FAILED) \| (\d+) passed(?: \((\d+) steps?\))? \| (\d+) failed(?: \((\d+) steps?\))?(?: \| (\d+) ignored)?.*$/m;

/** The counts in an output; undefined if the run did not come to its end. */
export function countsIn(output: string): Counts | undefined {
  const found = LAST_LINE.exec(output);
  if (found === null) return undefined;
  const [passed = 0, passedSteps = 0, failed = 0, failedSteps = 0, ignored = 0] = found.slice(1)
    .map((digits) => Number(digits ?? 0));
  return { passed, passedSteps, failed, failedSteps, ignored };
}

export function added(a: Counts, b: Counts): Counts {
  return {
    passed: a.passed + b.passed,
    passedSteps: a.passedSteps + b.passedSteps,
    failed: a.failed + b.failed,
    failedSteps: a.failedSteps + b.failedSteps,
    ignored: a.ignored + b.ignored,
  };
}

const PASSED_LINE = / \.\.\. (ok|ignored)( \([^)]*\))*$/;

/**
 * What to show of a run that failed: its errors and the list of failures. Of one that did not come to its end everything but
 * lines of tests that passed. Without its counts, which are shown once for all runs.
 */
export function failuresIn(output: string): string {
  const errors = output.search(/^ ERRORS $/m);
  const shown = errors < 0
    ? output.split("\n").filter((line) => !PASSED_LINE.test(line)).join("\n")
    : output.slice(errors);
  return withoutCounts(shown).trimEnd();
}

/** Counts are for one run, and a reader adds up all that it finds. */
export function withoutCounts(output: string): string {
  return output.replace(LAST_LINE, "");
}

/** Lines of a test that takes long, which are shown while it does. */
export function isSlowWarning(line: string): boolean {
  return line.includes(" has been running for over ");
}
