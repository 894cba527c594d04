/** The current state of this node's resources, from drbdsetup. */
import { Cluster } from "../../drbd/model/cluster.ts";
import { LineSplitter } from "../../drbd/events2/lines.ts";
import { EventStream } from "../../drbd/state/stream.ts";
import type { Effects } from "../../effects/effects.ts";
import { failureOf, runLimited } from "../../effects/limited_run.ts";
import { ANSWER_LIMIT_MS } from "../cli/in_time.ts";

const ARGV = ["drbdsetup", "events2", "--now", "--full"];
const MOST_BYTES = 256 * 1024 * 1024;

/** Of all resources, or of one. @throws If drbdsetup cannot be run or fails, with its output. */
export async function drbdNow(effects: Effects, resource?: string): Promise<Cluster> {
  const argv = resource === undefined ? ARGV : [...ARGV, resource];
  const result = await runLimited(effects, argv, { limitMs: ANSWER_LIMIT_MS, maxOutputBytes: MOST_BYTES });
  if (result.code !== 0) throw new Error(`"${ARGV.join(" ")}" failed: ${failureOf(result)}`);
  const stream = new EventStream();
  stream.take(new LineSplitter().push(new TextEncoder().encode(result.stdout)));
  if (!stream.known) throw new Error(`"${ARGV.join(" ")}" printed no complete state`);
  return stream.cluster();
}
