/** The DRBD options that decide whether and how a resource can be promoted safely: `drbdsetup show --json`. */
import type { Effects } from "../../src/runtime/effects.ts";
import { failureOf, runLimited } from "../../src/runtime/limited_run.ts";
import type { Avoidance } from "./state.ts";

/** What of a resource's options the promoter looks at. Absent: the kernel does not know the option. */
export interface DrbdOptions {
  readonly autoPromote: boolean | undefined;
  readonly quorum: string | undefined;
  readonly onNoQuorum: string | undefined;
  readonly onNoDataAccessible: string | undefined;
  readonly onSuspendedPrimaryOutdated: string | undefined;
  /** For each connection, by its name. */
  readonly connections: readonly {
    readonly name: string;
    readonly fencing: string | undefined;
    readonly rrConflict: string | undefined;
  }[];
}

/** The kernel answers at once, unless it hangs. */
const ANSWER_MS = 10_000;

/**
 * Asks drbdsetup. @throws If it fails or says nothing of the resource, with the reason.
 */
export async function askDrbdOptions(effects: Effects, resource: string): Promise<DrbdOptions> {
  const argv = ["drbdsetup", "show", "--json", "--show-defaults", resource];
  const result = await runLimited(effects, argv, { limitMs: ANSWER_MS });
  if (result.code !== 0) throw new Error(`"${argv.join(" ")}" failed: ${failureOf(result)}`);
  return readDrbdOptions(result.stdout, resource);
}

/** @throws If `json` is not what `drbdsetup show --json` prints, or says nothing of the resource. */
export function readDrbdOptions(json: string, resource: string): DrbdOptions {
  const shown: unknown = JSON.parse(json);
  const found = listOf(shown).map(tableOf).find((each) => each["resource"] === resource);
  if (found === undefined) throw new Error(`drbdsetup shows no resource "${resource}"`);
  const options = tableOf(found["options"]);
  return {
    autoPromote: typeof options["auto-promote"] === "boolean" ? options["auto-promote"] : undefined,
    quorum: textOf(options["quorum"]),
    onNoQuorum: textOf(options["on-no-quorum"]),
    onNoDataAccessible: textOf(options["on-no-data-accessible"]),
    onSuspendedPrimaryOutdated: textOf(options["on-suspended-primary-outdated"]),
    connections: listOf(found["connections"]).map((connection) => {
      const net = tableOf(tableOf(connection)["net"]);
      return {
        name: textOf(net["_name"]) ?? "",
        fencing: textOf(net["fencing"]),
        rrConflict: textOf(net["rr-conflict"]),
      };
    }),
  };
}

/**
 * How these options keep two nodes from being Primary at once. Quorum does, whatever its rule; without it fencing
 * does, if every connection has a policy for it.
 */
export function avoidanceOf(options: DrbdOptions): Avoidance {
  if (options.quorum !== undefined && options.quorum !== "off") return "quorum";
  const isFenced = options.connections.length > 0 &&
    options.connections.every(({ fencing }) => fencing !== undefined && fencing !== "dont-care");
  return isFenced ? "fencing" : "none";
}

/** An option that should be otherwise, for a warning. */
export interface OptionRemark {
  readonly option: string;
  readonly found: string;
  readonly expected: string;
  /** The section of the resource's file that it belongs to. */
  readonly section: "options" | "net";
}

/** What should be otherwise for the policy on quorum loss. Source: the peer's documentation of its promoter. */
export function remarksOn(options: DrbdOptions, onQuorumLoss: "shutdown" | "freeze"): OptionRemark[] {
  const remarks: OptionRemark[] = [];
  const expect = (
    option: string,
    found: string | undefined,
    expected: string,
    section: "options" | "net" = "options",
  ) => {
    if (found !== undefined && found !== expected) remarks.push({ option, found, expected, section });
  };
  const avoidance = avoidanceOf(options);
  const autoPromote = options.autoPromote === undefined ? undefined : options.autoPromote ? "yes" : "no";
  expect("auto-promote", autoPromote, "no");
  if (avoidance !== "fencing") expect("quorum", options.quorum, "majority");
  expect("on-suspended-primary-outdated", options.onSuspendedPrimaryOutdated, "force-secondary");
  if (avoidance !== "quorum") return remarks;
  const reaction = onQuorumLoss === "freeze" ? "suspend-io" : "io-error";
  expect("on-no-quorum", options.onNoQuorum, reaction);
  expect("on-no-data-accessible", options.onNoDataAccessible, reaction);
  if (onQuorumLoss === "freeze") {
    for (const { rrConflict } of options.connections) {
      expect("rr-conflict", rrConflict, "retry-connect", "net");
    }
  }
  return remarks.filter((remark, place) =>
    remarks.findIndex((each) => each.option === remark.option) === place
  );
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

function tableOf(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? value as Record<string, unknown> : {};
}

function textOf(value: unknown): string | undefined {
  if (typeof value === "number") return String(value);
  return typeof value === "string" ? value : undefined;
}
