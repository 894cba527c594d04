/** The state of resources of this node, as drbdsetup tells it now. */
import { Cluster } from "../drbd/cluster.ts";
import { LineSplitter } from "../drbd/lines.ts";
import { EventStream } from "../drbd/stream.ts";
import { type Effects, programEnvironment } from "../runtime/effects.ts";

const ARGV = ["drbdsetup", "events2", "--now", "--full"];
const MOST_BYTES = 256 * 1024 * 1024;

/** Of all resources, or of one. @throws If drbdsetup cannot be run or fails, with what it said. */
export async function drbdNow(effects: Effects, resource?: string): Promise<Cluster> {
  const argv = resource === undefined ? ARGV : [...ARGV, resource];
  const { code, stdout, stderr } = await effects.processes.run(argv, {
    env: programEnvironment(effects),
    maxOutputBytes: MOST_BYTES,
  });
  if (code !== 0) {
    throw new Error(`"${ARGV.join(" ")}" failed with exit code ${code}: ${stderr.trim()}`);
  }
  const stream = new EventStream();
  stream.take(new LineSplitter().push(new TextEncoder().encode(stdout)));
  if (!stream.known) throw new Error(`"${ARGV.join(" ")}" did not tell the state`);
  return stream.cluster();
}
