/** Progress of actions that take longer than a second. */
import type { Ctl } from "./ctl.ts";

const SILENCE_MS = 1_000;

/**
 * Waits for `action`. On a terminal a line counts the seconds, and is erased at the end; elsewhere one line is printed,
 * unless `isForTerminals`. `what` reads as "Stopping web".
 */
export async function withProgress<Result>(
  { effects: { clock }, err }: Pick<Ctl, "effects" | "err">,
  what: string | (() => string),
  action: Promise<Result>,
  { isForTerminals = false } = {},
): Promise<Result> {
  const over = new AbortController();
  const report = async () => {
    const ellipsis = err.style.symbol("ellipsis");
    const words = () => typeof what === "string" ? what : what();
    for (let seconds = 1;; seconds++) {
      await clock.sleep(SILENCE_MS, over.signal);
      if (over.signal.aborted) return;
      if (err.isTerminal) err.write(`\r\x1b[K${words()}${ellipsis} ${seconds} s`);
      else if (seconds === 1 && !isForTerminals) err.line(`${words()}${ellipsis}`);
    }
  };
  const reporting = report();
  try {
    return await action;
  } finally {
    over.abort();
    await reporting;
    if (err.isTerminal) err.write("\r\x1b[K");
  }
}
