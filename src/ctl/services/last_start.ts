/** Finds a failed or waiting start in the last decisions. Pure. */

/** Decisions of the promoter about one resource, oldest first. */
type List = readonly { readonly text: string }[];

const FAILED = /^start failed: (.*)$/s;
/** After these decisions, earlier ones about starts no longer apply. */
const RAN = /^(stop: (?!the start failed)|found (running|frozen): )/;
/** Decisions that wait, each with the words to follow "waiting for". */
const WAITS: readonly (readonly [RegExp, (...found: readonly string[]) => string])[] = [
  [/^wait(?:s|ing) for (its backing device .*)$/s, (device = "") => device],
  [/^(drbdadm adjust is still going on after .*)$/s, (what = "") => `an end: ${what}`],
  [/^(cannot adjust it: .*)$/s, (what = "") => `DRBD: ${what}`],
  [
    /^(cannot (?:make sure that its services can be started|find out whether its services run).*)$/s,
    (what = "") => `systemd: ${what}`,
  ],
  [/^(Cannot write the drop-ins for systemd.*)$/s, (what = "") => `systemd: ${what}`],
];

/** If the last start failed here: why, and the number of failures in a row as far as known. */
export function failedStartOf(list: List): { readonly why: string; readonly times: number } | undefined {
  const since = list.findLastIndex(({ text }) => RAN.test(text)) + 1;
  const failures = list.slice(since).flatMap(({ text }) => FAILED.exec(text)?.[1] ?? []);
  const why = failures.at(-1);
  return why === undefined ? undefined : { why, times: failures.length };
}

/** What a start waits for, in words to follow "waiting for", if that is the last known decision. */
export function waitOf(list: List): string | undefined {
  const last = list.at(-1)?.text ?? "";
  for (const [pattern, words] of WAITS) {
    const found = pattern.exec(last);
    if (found !== null) return words(...found.slice(1));
  }
  return undefined;
}
