/** Assumptions about what a recording lacks. */
import { readDrbdOptions } from "../../../plugins/promoter/checks/drbd_options.ts";
import { protectionOf } from "../../../plugins/promoter/checks/protection.ts";
import type { ResourceConfig } from "../../../plugins/promoter/config/resource_config.ts";
import type { SplitBrainProtection } from "../../../plugins/promoter/decide/state.ts";
import type { Entry, Recording } from "../recording/recording.ts";
import { START_LIMIT_MS, STOP_LIMIT_MS } from "./recorded_services.ts";

/** The recorded split-brain protection; undefined if not recorded. */
export function recordedProtection({ shown }: Recording, resource: string): SplitBrainProtection | undefined {
  const json = shown.get(resource);
  if (json === undefined) return undefined;
  try {
    return protectionOf(readDrbdOptions(`[${json}]`, resource), resource).by;
  } catch {
    return undefined;
  }
}

/** Names of all resources in a recording, in order of appearance. */
export function resourcesIn({ entries }: Recording): string[] {
  const names = new Set<string>();
  for (const entry of entries) {
    if (entry.kind !== "lines") continue;
    for (const line of entry.lines) {
      const [, name = ""] = /^(?:exists|create|change) resource name:(\S+)/.exec(line) ??
        /^rename resource .*\bnew_name:(\S+)/.exec(line) ?? [];
      if (name !== "") names.add(name);
    }
  }
  return [...names];
}

/** The assumptions of this replay, as sentences. */
export function assumptionsOf(
  recording: Recording,
  resources: readonly ResourceConfig[],
  assumed: SplitBrainProtection,
): string[] {
  const unrecorded = resources.filter(({ name }) => recordedProtection(recording, name) === undefined);
  const start = START_LIMIT_MS / 1000;
  const stop = STOP_LIMIT_MS / 1000;
  return [
    ...(recording.timing === "none"
      ? ["the file has no times: groups of lines are guessed, one second apart"]
      : []),
    ...recording.remarks,
    ...(resources.length === 0 ? [] : [
      "services run where the resource is Primary, and do not fail",
      `a start succeeds if the recording shows the resource Primary here within ${start} s, and fails otherwise`,
      `a stop lasts until the recording no longer shows it Primary here, at most ${stop} s`,
      "backing devices and drop-ins are ready, and units are not masked",
    ]),
    ...(unrecorded.length === 0 ? [] : [
      `DRBD's options of ${namesOf(unrecorded)} are not recorded: ${AVOIDANCES[assumed]} avoids split brain`,
    ]),
  ];
}

const AVOIDANCES: Readonly<Record<SplitBrainProtection, string>> = {
  quorum: "quorum",
  fencing: "fencing",
  none: "nothing",
};
const MOST_NAMES = 5;

function namesOf(resources: readonly ResourceConfig[]): string {
  const names = resources.slice(0, MOST_NAMES).map(({ name }) => name).join(", ");
  const more = resources.length - MOST_NAMES;
  return more > 0 ? `${names} and ${more} more` : names;
}

export interface Extent {
  readonly beginMs: number;
  readonly endMs: number;
  readonly lines: number;
  readonly groups: number;
}

/** Start, end and size; undefined if it is empty. */
export function extentOf({ entries }: Recording): Extent | undefined {
  const [first] = entries;
  const last = entries.at(-1);
  if (first === undefined || last === undefined) return undefined;
  const groups = entries.filter((entry): entry is Entry & { kind: "lines" } => entry.kind === "lines");
  return {
    beginMs: first.atUs / 1000,
    endMs: last.atUs / 1000,
    lines: groups.reduce((sum, { lines }) => sum + lines.length, 0),
    groups: groups.length,
  };
}
