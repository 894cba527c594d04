/**
 * What takes drbddctl longer than a second it says meanwhile, in a line (src/ctl/cli/progress.ts). Whether there is one depends on
 * the machine, so that tests with real processes look at the rest.
 */
const PROGRESS =
  /^(Asking|Reloading|Restarting|Running|Starting|Stopping|Waiting|\S+: (stopping|free)) .*(…|\.\.\.)\n/gm;

/** A text of drbddctl without such lines. */
export function withoutProgress(text: string): string {
  return text.replaceAll(PROGRESS, "");
}
