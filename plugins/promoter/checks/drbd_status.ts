/** The status of a resource, asked of the kernel directly: `drbdsetup status --json`. */
import type { Effects } from "../../../src/effects/effects.ts";
import { failureOf, runLimited } from "../../../src/effects/limited_run.ts";
import type { View } from "../decide/view.ts";

/** The part that decides whether services may go on. */
export type DrbdStatus = Pick<View, "role" | "quorum" | "primaryPeer" | "primaryPeers" | "isServing">;

/** Asks for the status of a resource; "gone" if there is no such resource. Rejects if that cannot be determined. */
export type AskStatus = typeof askDrbdStatus;

/** The kernel answers at once, unless it hangs. */
const ANSWER_TIMEOUT_MS = 5_000;
/** drbdsetup's exit code and message for an unknown name. */
const REFUSED = 10;
const UNKNOWN_RESOURCE = /No such resource/;

/** Asks drbdsetup, which is ended when `signal` aborts. @throws If it fails, or prints what cannot be used. */
export async function askDrbdStatus(
  effects: Effects,
  resource: string,
  signal: AbortSignal,
): Promise<DrbdStatus | "gone"> {
  const argv = ["drbdsetup", "status", "--json", resource];
  const result = await runLimited(effects, argv, { limitMs: ANSWER_TIMEOUT_MS, signal });
  if (result.code === REFUSED && UNKNOWN_RESOURCE.test(result.stderr)) return "gone";
  if (result.code !== 0) throw new Error(`"${argv.join(" ")}" failed: ${failureOf(result)}`);
  return readDrbdStatus(result.stdout, resource);
}

/** The view of a resource that events do not show: without peers that could take over, and not to be started. */
export function withStatus(view: View, status: DrbdStatus): View {
  return { ...view, ...status, mayPromote: false, upToDatePeers: [], upToDateElsewhere: [] };
}

/** @throws If `json` is not what `drbdsetup status --json` prints of the resource. */
export function readDrbdStatus(json: string, resource: string): DrbdStatus {
  const shown: unknown = JSON.parse(json);
  const found = listOf(shown).map(tableOf).find((each) => each["name"] === resource);
  const role = found?.["role"];
  if (found === undefined || (role !== "Primary" && role !== "Secondary" && role !== "Unknown")) {
    throw new Error(`"drbdsetup status" does not say which role ${resource} has`);
  }
  const quorum = listOf(found["devices"]).every((device) => tableOf(device)["quorum"] !== false);
  const primaryPeers = listOf(found["connections"]).map(tableOf)
    .filter((each) => each["peer-role"] === "Primary")
    .map((each) => each["name"])
    .filter((name) => typeof name === "string");
  return {
    role,
    quorum,
    primaryPeer: primaryPeers[0],
    primaryPeers,
    isServing: quorum && found["suspended"] !== true && found["force-io-failures"] !== true,
  };
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

function tableOf(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? value as Record<string, unknown> : {};
}
