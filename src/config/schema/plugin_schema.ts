/** What the configuration needs to know about a plugin. */
import type * as v from "valibot";
import { type Address, formatAddress } from "./address.ts";
import type { Path } from "../toml/table.ts";

/** A setting that is valid but probably not what was meant; becomes a warning. */
export interface Remark {
  /** Within the plugin's table. */
  readonly path: Path;
  readonly at: "key" | "value";
  readonly wrong: string;
  readonly found: string;
  readonly expected: string;
}

/** Something that only one instance can use. */
export interface Claim {
  /** What it is, for example `DRBD resource "web"`. Claims with equal texts conflict, across plugins too. */
  readonly what: string;
  /** Within the plugin's table. */
  readonly path: Path;
  /** Severity of a second claim. */
  readonly severity: "error" | "warning";
}

export interface PluginSchema<Schema extends v.GenericSchema = v.GenericSchema> {
  /** Name of the plugin's tables. */
  readonly name: string;
  readonly schema: Schema;
  /** Checks a valid table as it was written. */
  remarks?(input: v.InferInput<Schema>): readonly Remark[];
  claims?(config: v.InferOutput<Schema>): readonly Claim[];
}

/** Infers the types of `remarks` and `claims` from the schema. */
export function pluginSchema<Schema extends v.GenericSchema>(
  description: PluginSchema<Schema>,
): PluginSchema<Schema> {
  return description;
}

/** Claims an address to listen on. Port 0 is never claimed: the system chooses a free one. */
export function claimOfAddress(address: Address, path: Path): readonly Claim[] {
  if (address.transport === "tcp" && address.port === 0) return [];
  return [{ what: `Address "${formatAddress(address)}"`, path, severity: "error" }];
}
