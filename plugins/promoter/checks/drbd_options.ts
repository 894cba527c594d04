/** The DRBD options that decide whether and how a resource can be promoted safely: `drbdsetup show --json`. */
import type { Effects } from "../../../src/effects/effects.ts";
import { failureOf, type LimitedOptions, runLimited } from "../../../src/effects/limited_run.ts";

/** The options of a resource that matter to the promoter. Absent: the kernel does not know the option. */
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
    readonly allowTwoPrimaries: boolean | undefined;
  }[];
}

const NEEDED = "install a newer drbd-utils: drbdd needs DRBD 9 and drbd-utils 9.16 or later";

/** The kernel answers at once, unless it hangs. */
const ANSWER_TIMEOUT_MS = 10_000;
/** If the question for all resources fails or hangs, they are asked for one by one after this, each with its own time limit. */
const ANSWER_OF_ALL_TIMEOUT_MS = 3_000;
/** Enough for a thousand resources with a dozen peers each. */
const MOST_BYTES = 256 * 1024 * 1024;

/**
 * Asks drbdsetup, which is ended when `signal` aborts. @throws If it fails or says nothing of the resource, with the reason.
 */
export async function askDrbdOptions(
  effects: Effects,
  resource: string,
  signal?: AbortSignal,
): Promise<DrbdOptions> {
  const argv = [...SHOW, resource];
  const limits = { limitMs: ANSWER_TIMEOUT_MS, signal };
  return await show(effects, argv, limits, (json) => readDrbdOptions(json, resource));
}

/** Asks drbdsetup for all resources that are up, by name. @throws As `askDrbdOptions`. */
export async function askAllDrbdOptions(effects: Effects): Promise<ReadonlyMap<string, DrbdOptions>> {
  const limits = { limitMs: ANSWER_OF_ALL_TIMEOUT_MS, maxOutputBytes: MOST_BYTES };
  return await show(effects, SHOW, limits, readAllDrbdOptions);
}

const SHOW = ["drbdsetup", "show", "--json", "--show-defaults"];

async function show<Shown>(
  effects: Effects,
  argv: readonly string[],
  limits: LimitedOptions,
  read: (json: string) => Shown,
): Promise<Shown> {
  const result = await runLimited(effects, argv, limits);
  const command = `"${argv.join(" ")}"`;
  if (result.code !== 0) {
    const isOld = /unrecognized option/.test(result.stderr);
    throw new Error(`${command} failed: ${failureOf(result)}${isOld ? `; ${NEEDED}` : ""}`);
  }
  try {
    return read(result.stdout);
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
    throw new Error(`${command} printed no valid JSON, as old drbd-utils do; ${NEEDED}`, { cause });
  }
}

/** @throws If `json` is not what `drbdsetup show --json` prints, or says nothing of the resource. */
export function readDrbdOptions(json: string, resource: string): DrbdOptions {
  const shown: unknown = JSON.parse(json);
  const found = listOf(shown).map(tableOf).find((each) => each["resource"] === resource);
  if (found === undefined) throw new Error(`drbdsetup shows no resource "${resource}"`);
  return optionsIn(found);
}

/** @throws If `json` is not what `drbdsetup show --json` prints. */
function readAllDrbdOptions(json: string): Map<string, DrbdOptions> {
  const shown: unknown = JSON.parse(json);
  return new Map(
    listOf(shown).map(tableOf).flatMap((each) => {
      const name = textOf(each["resource"]);
      return name === undefined ? [] : [[name, optionsIn(each)]];
    }),
  );
}

function optionsIn(found: Record<string, unknown>): DrbdOptions {
  const options = tableOf(found["options"]);
  return {
    autoPromote: booleanOf(options["auto-promote"]),
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
        allowTwoPrimaries: booleanOf(net["allow-two-primaries"]),
      };
    }),
  };
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

function tableOf(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? value as Record<string, unknown> : {};
}

function booleanOf(value: unknown): boolean | undefined {
  return typeof value === "boolean" ? value : undefined;
}

function textOf(value: unknown): string | undefined {
  if (typeof value === "number") return String(value);
  return typeof value === "string" ? value : undefined;
}
