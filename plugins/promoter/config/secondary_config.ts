/** What a `[promoter.resources.NAME]` with `when = "Secondary"` means: services that run where the resource is not in use. */
import type { DEPENDENCIES, ResourceTable } from "./resource_table.ts";
import { startEntries, type StartEntry } from "./start_entry.ts";

export interface SecondaryConfig {
  /** The DRBD resource. */
  readonly name: string;
  readonly start: readonly StartEntry[];
  readonly dependenciesAs: typeof DEPENDENCIES[number];
  readonly targetAs: typeof DEPENDENCIES[number];
  readonly stopServicesOnExit: boolean;
}

/** The keys of such a table that mean something. */
export const SECONDARY_KEYS = [
  "when",
  "start",
  "runner",
  "dependencies-as",
  "target-as",
  "stop-services-on-exit",
] as const satisfies readonly (keyof ResourceTable)[];

/** The meaning of a valid table. */
export function secondaryConfig(name: string, table: ResourceTable): SecondaryConfig {
  return {
    name,
    start: startEntries(table.start, name),
    dependenciesAs: table["dependencies-as"],
    targetAs: table["target-as"],
    stopServicesOnExit: table["stop-services-on-exit"],
  };
}
