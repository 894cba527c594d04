/** The journal of drbdd's service. */
import { DAEMON_UNIT } from "../cli/ctl.ts";

/** The command line that prints the last `messages` of drbdd, one JSON object a line, oldest first. */
export function lastMessages(messages: number): string[] {
  return [
    "journalctl",
    `--unit=${DAEMON_UNIT}`,
    `--lines=${messages}`,
    "--output=json",
    "--no-pager",
    "--quiet",
  ];
}
