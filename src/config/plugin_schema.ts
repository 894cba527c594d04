/** What the configuration needs to know of a plugin. */
import type * as v from "valibot";
import { type Address, formatAddress } from "./address.ts";
import type { Path } from "./table.ts";

/** Something that is allowed, but probably not what was wanted. Told as a warning. */
export interface Remark {
  /** Within the plugin's table. */
  readonly path: Path;
  readonly at: "key" | "value";
  readonly wrong: string;
  readonly found: string;
  readonly expected: string;
}

/** Something that only one instance can have. */
export interface Claim {
  /** What it is, for example `DRBD resource "web"`. Equal texts are the same thing, in whatever plugin. */
  readonly what: string;
  /** Within the plugin's table. */
  readonly path: Path;
  /** What becomes of a second claim. */
  readonly severity: "error" | "warning";
}

export interface PluginSchema<Schema extends v.GenericSchema = v.GenericSchema> {
  /** Name of the plugin's tables. */
  readonly name: string;
  readonly schema: Schema;
  /** Looks at a valid table as it was written. */
  remarks?(input: v.InferInput<Schema>): readonly Remark[];
  claims?(config: v.InferOutput<Schema>): readonly Claim[];
}

/** The schema as it is, with the types of `remarks` and `claims` found from it. */
export function pluginSchema<Schema extends v.GenericSchema>(
  description: PluginSchema<Schema>,
): PluginSchema<Schema> {
  return description;
}

/** That nobody else listens at an address. Port 0 is another one each time: the system chooses it. */
export function claimOfAddress(address: Address, path: Path): readonly Claim[] {
  if (address.transport === "tcp" && address.port === 0) return [];
  return [{ what: `Address "${formatAddress(address)}"`, path, severity: "error" }];
}
