/** What the journal has of the promoter's decisions, for when the daemon cannot be asked. */
import type { Effects } from "../../../effects/effects.ts";
import { failureOf, runLimited } from "../../../effects/limited_run.ts";
import { ANSWER_LIMIT_MS } from "../../cli/in_time.ts";
import { lastMessages } from "../../services/journal.ts";
import type { Decisions } from "./facts.ts";

/** Of drbdd's last messages so many are looked through. */
const MESSAGES = 5_000;
const KEPT = 100;
const MOST_BYTES = 64 * 1024 * 1024;

/** The last decisions about a resource, oldest first. @throws If journalctl fails, with what it said. */
export async function journalDecisions(effects: Effects, resource: string): Promise<Decisions> {
  const argv = lastMessages(MESSAGES);
  const result = await runLimited(effects, argv, { limitMs: ANSWER_LIMIT_MS, maxOutputBytes: MOST_BYTES });
  if (result.code !== 0) throw new Error(`"${argv.slice(0, 2).join(" ")}" failed: ${failureOf(result)}`);
  const prefix = `promoter: ${resource}: `;
  const list = result.stdout.split("\n").flatMap((line) => {
    const { message, wallMs } = messageOf(line);
    return message.startsWith(prefix) ? [{ wallMs, text: message.slice(prefix.length) }] : [];
  });
  return { list: list.slice(-KEPT), source: "the journal" };
}

/** A message of bytes that are no text is a list of numbers: none of drbdd's. */
function messageOf(line: string): { message: string; wallMs: number } {
  try {
    const { MESSAGE: message, __REALTIME_TIMESTAMP: us } = JSON.parse(line);
    return { message: typeof message === "string" ? message : "", wallMs: Number(us) / 1000 };
  } catch {
    return { message: "", wallMs: 0 };
  }
}
