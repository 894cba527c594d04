/** Settings of the promoter that are valid but probably not what was meant. */
import * as v from "valibot";
import { quoted } from "../../../src/config/toml/wording.ts";
import type { Claim, Remark } from "../../../src/config/schema/plugin_schema.ts";
import type { PromoterConfig } from "./resource_config.ts";
import { nameFault } from "./resource_name.ts";
import { RESOURCE_TABLE, type ResourceInput } from "./resource_table.ts";
import { SECONDARY_KEYS, type SecondaryConfig } from "./secondary_config.ts";

/** Keys that only one of the runners uses. */
const KEYS_OF_RUNNER = {
  systemd: ["dependencies-as", "target-as", "on-drbd-demote-failure", "secondary-force"],
  shell: ["stop", "on-stop-failure", "monitor"],
} as const;

/** Checks the promoter's table as it was written. */
export function remarks(
  { resources = {} }: { readonly resources?: Readonly<Record<string, ResourceInput>> },
): Remark[] {
  const names = Object.keys(resources);
  if (names.length === 0) {
    return [{
      path: [],
      at: "key",
      wrong: "Promoter without work",
      found: "no resource",
      expected: "a table [promoter.resources.NAME]",
    }];
  }
  return Object.entries(resources).flatMap(([name, table]) =>
    [...nameRemarks(name), ...neighbourRemarks(name, table), ...resourceRemarks(table)].map((remark) => ({
      ...remark,
      path: ["resources", name, ...remark.path],
    }))
  );
}

/** Only a warning: with such a table drbd-reactor runs, and manages the other resources. */
function* nameRemarks(name: string): Generator<Remark> {
  const fault = nameFault(name);
  if (fault === undefined) return;
  yield {
    path: [],
    at: "key",
    wrong: "DRBD cannot have a resource of this name, nothing will be started for it",
    found: quoted(name),
    expected: fault,
  };
}

/** not-with must name other resources. */
function* neighbourRemarks(name: string, { "not-with": others = [] }: ResourceInput): Generator<Remark> {
  for (const [index, other] of others.entries()) {
    if (other !== name && others.indexOf(other) === index) continue;
    yield {
      path: ["not-with", index],
      at: "value",
      wrong: "Resource without effect",
      found: `${JSON.stringify(other)}${other === name ? ", which is this one" : " a second time"}`,
      expected: "each other resource once",
    };
  }
}

function* resourceRemarks(table: ResourceInput): Generator<Remark> {
  const { runner = "systemd", start = [], when = "Primary" } = table;
  if (when === "Secondary") yield* secondaryRemarks(table);
  else yield* withoutEffect(table, runner);
  if (start.length === 0) {
    const path = table.start === undefined ? [] : ["start"];
    yield {
      path,
      at: "key",
      wrong: "Nothing to start",
      found: "an empty start list",
      expected: "at least one entry",
    };
  }
  if (when === "Secondary") return;
  const last = start.at(-1)?.trim();
  if (runner === "systemd" && last?.endsWith(".mount") === true && !last.startsWith("ocf:")) {
    yield {
      path: ["start", start.length - 1],
      at: "value",
      wrong: "Mount as the last unit",
      found: JSON.stringify(last),
      expected: "the agent ocf:heartbeat:Filesystem, which ends programs that keep it from being unmounted",
    };
  }
  if (runner === "shell") yield* shellRemarks(table);
  const nodes = table["preferred-nodes"] ?? [];
  for (const [index, node] of nodes.entries()) {
    if (nodes.indexOf(node) === index) continue;
    yield {
      path: ["preferred-nodes", index],
      at: "value",
      wrong: "Node without effect",
      found: `${JSON.stringify(node)} a second time`,
      expected: "each node once",
    };
  }
}

/** Keys that the runner does not use, unless they have their default value. */
function* withoutEffect(table: ResourceInput, runner: keyof typeof KEYS_OF_RUNNER): Generator<Remark> {
  const other = runner === "systemd" ? "shell" : "systemd";
  for (const key of KEYS_OF_RUNNER[other]) {
    if (isAsAbsent(table, key)) continue;
    yield {
      path: [key],
      at: "key",
      wrong: "Key without effect",
      found: `${JSON.stringify(key)} with the ${runner} runner`,
      expected: key === "on-stop-failure"
        ? '"on-drbd-demote-failure" instead, or runner = "shell"'
        : `it with runner = "${other}" only`,
    };
  }
}

/** Absent, or set to the default. */
function isAsAbsent(table: ResourceInput, key: keyof ResourceInput): boolean {
  const value = table[key];
  const asAbsent = v.getDefault(RESOURCE_TABLE.entries[key]) ?? "";
  return value === undefined || JSON.stringify(value) === JSON.stringify(asAbsent);
}

/** Services of a Secondary need no promotion. */
function* secondaryRemarks(table: ResourceInput): Generator<Remark> {
  for (const key of Object.keys(RESOURCE_TABLE.entries) as (keyof ResourceInput)[]) {
    if (SECONDARY_KEYS.some((each) => each === key) || isAsAbsent(table, key)) continue;
    yield {
      path: [key],
      at: "key",
      wrong: "Key without effect",
      found: `${JSON.stringify(key)} with when = "Secondary"`,
      expected: 'it with when = "Primary" only',
    };
  }
}

function* shellRemarks(table: ResourceInput): Generator<Remark> {
  if (table["on-quorum-loss"] === "freeze") {
    yield {
      path: ["on-quorum-loss"],
      at: "value",
      wrong: "Services will be stopped, not frozen",
      found: '"freeze" with the shell runner',
      expected: 'it with runner = "systemd" only',
    };
  }
  const policy = table["on-service-failure"] ?? "ignore";
  if (policy !== "ignore" && table.monitor === undefined) {
    yield {
      path: ["on-service-failure"],
      at: "key",
      wrong: "Failures will not be noticed",
      found: 'no "monitor"',
      expected: "a command that succeeds while the services are well",
    };
  }
}

/**
 * A resource is managed by one instance, with at most one table per role. A unit belongs to one resource: systemd would stop it with the
 * one that stops first, and promote both to start it. A unit started in both roles would even be bound to the promotion, and promote.
 */
export function claims({ resources, secondaries = [] }: PromoterConfig): Claim[] {
  const unitsOf = (
    { name, start }: Pick<SecondaryConfig, "name" | "start">,
    severity: Claim["severity"],
  ) =>
    start.map(({ unit }, index): Claim => ({
      what: `Unit "${unit}"`,
      path: ["resources", name, "start", index],
      severity,
    }));
  return [
    ...resources.flatMap((resource): Claim[] => [
      { what: `DRBD resource "${resource.name}"`, path: ["resources", resource.name], severity: "error" },
      ...(resource.runner === "systemd" ? unitsOf(resource, "warning") : []),
    ]),
    ...secondaries.flatMap((resource): Claim[] => [
      {
        what: `DRBD resource "${resource.name}" with when = "Secondary"`,
        path: ["resources", resource.name],
        severity: "error",
      },
      ...unitsOf(resource, "error"),
    ]),
  ];
}
