/** The table `[promoter.resources.NAME]` as it is written. */
import * as v from "valibot";
import { withoutSecrets } from "../../../src/config/toml/secrets.ts";
import { isTable } from "../../../src/config/toml/table.ts";
import { described, nonEmpty, pathItem, seconds, wholeNumber } from "../../../src/config/schema/values.ts";
import { MAX_UNIT_LENGTH, parseStartEntry } from "./start_entry.ts";
import { escalateUnitOf } from "./unit_names.ts";

const RUNNERS = ["systemd", "shell"] as const;
export const DEPENDENCIES = ["Wants", "Requires", "Requisite", "BindsTo"] as const;
export const FAILURE_ACTIONS = [
  "none",
  "reboot",
  "reboot-force",
  "reboot-immediate",
  "poweroff",
  "poweroff-force",
  "poweroff-immediate",
  "exit",
  "exit-force",
] as const;

/** Delays are multiplied by it; more than a day per second makes no sense. */
const MAX_FACTOR = 86_400;

export const RESOURCE_TABLE = v.object({
  "when": v.optional(
    described(
      v.picklist(["Primary", "Secondary"]),
      "The role in which the services run: on the one node that drbdd promotes, or on each node where the resource is " +
        "Secondary and UpToDate (systemd runner only, and only start, dependencies-as, target-as and " +
        "stop-services-on-exit have a meaning then).",
    ),
    "Primary",
  ),
  "start": v.optional(
    described(
      v.array(v.string()),
      "What to start on promotion, in order. With the systemd runner names of units, or resource agents as " +
        '"ocf:VENDOR:AGENT ID name=value ..."; with the shell runner commands.',
    ),
    [],
  ),
  "stop": v.optional(
    described(
      v.array(v.string()),
      "Shell runner: commands that stop what start has started, in order. The start list in reverse order if empty.",
    ),
    [],
  ),
  "runner": v.optional(
    described(v.picklist(RUNNERS), "Who runs the start list: units of systemd, or commands of a shell."),
    "systemd",
  ),
  "dependencies-as": v.optional(
    described(
      v.picklist(DEPENDENCIES),
      "systemd runner: how each unit of the start list depends on the one before.",
    ),
    "Requires",
  ),
  "target-as": v.optional(
    described(
      v.picklist(DEPENDENCIES),
      "systemd runner: how the target drbd-services@ depends on the units.",
    ),
    "Requires",
  ),
  "on-drbd-demote-failure": v.optional(
    described(
      v.picklist(FAILURE_ACTIONS),
      "systemd runner: what systemd does with the node if DRBD cannot be demoted (FailureAction of systemd.unit(5)).",
    ),
    "none",
  ),
  "on-stop-failure": v.optional(described(
    v.string(),
    "Shell runner: a command that is repeated after a failed stop, until the stop succeeds.",
  )),
  "stop-services-on-exit": v.optional(
    described(v.boolean(), "Stop the services when drbdd ends. Otherwise they go on running."),
    false,
  ),
  "sleep-before-promote-factor": v.optional(
    described(wholeNumber(0, MAX_FACTOR), "The delays before a promotion are multiplied by it."),
    1,
  ),
  "preferred-nodes": v.optional(
    described(
      v.array(nonEmpty()),
      "Names of nodes as `uname -n` prints them, the best first. Each place in the list delays a promotion by a second.",
    ),
    [],
  ),
  "preferred-nodes-policy": v.optional(
    described(
      v.picklist(["always", "start-only"]),
      "Whether services move to a better node as soon as its data are UpToDate (always), or the list only " +
        "matters at a start (start-only).",
    ),
    "always",
  ),
  "not-with": v.optional(
    described(
      v.array(nonEmpty()),
      "Other DRBD resources that are not to run on the same node as long as another node could take this one.",
    ),
    [],
  ),
  "secondary-force": v.optional(
    described(
      v.boolean(),
      "systemd runner: demote by force if a plain demotion fails; whoever still has the device open gets I/O errors.",
    ),
    true,
  ),
  "on-quorum-loss": v.optional(
    described(
      v.picklist(["shutdown", "freeze"]),
      "What becomes of the services when quorum is lost: stopped, or frozen until it is back (systemd runner only).",
    ),
    "shutdown",
  ),
  "on-disk-detach": v.optional(
    described(
      v.picklist(["ignore", "fail-over"]),
      "What to do when the Primary loses its local disk: go on over the network, or stop if a peer is UpToDate.",
    ),
    "ignore",
  ),
  "fencing-promote-delay": v.optional(
    described(
      seconds(0),
      "Further delay in seconds, where fencing avoids split brain, while a connection is not Connected.",
    ),
    5,
  ),
  "adjust-resource-on-start": v.optional(
    described(v.boolean(), "Run `drbdadm adjust` for the resource when drbdd starts."),
    true,
  ),
  "on-service-failure": v.optional(
    described(
      v.picklist(["ignore", "restart", "fail-over"]),
      "What to do when a started service has failed for good: nothing, restart it (and fail over after " +
        "service-failure-limit times), or fail over to a peer at once.",
    ),
    "ignore",
  ),
  "service-failure-limit": v.optional(
    described(wholeNumber(1, 1000), "So many restarts within ten minutes; then the services go to a peer."),
    3,
  ),
  "monitor": v.optional(described(
    nonEmpty(),
    'Shell runner: a command that succeeds while the services are well, for on-service-failure; with "ignore", a failure is a warning.',
  )),
});

/** A resource's table as written, and with all defaults. */
export type ResourceInput = v.InferInput<typeof RESOURCE_TABLE>;
export type ResourceTable = v.InferOutput<typeof RESOURCE_TABLE>;

/** All tables. Start lists are checked here, as they depend on the runner and the resource's name. */
export const RESOURCES = v.pipe(
  v.record(v.string(), RESOURCE_TABLE),
  v.rawCheck(({ dataset, addIssue }) => {
    // Lists are checked even if other keys are invalid, so that everything is reported at once.
    const resources: unknown = dataset.value;
    if (!isTable(resources)) return;
    for (const [name, table] of Object.entries(resources)) {
      if (!isTable(table)) continue;
      if (table["runner"] !== "systemd") {
        if (table["when"] !== "Secondary" || table["runner"] !== "shell") continue;
        addIssue({
          input: table["runner"],
          received: '"shell"',
          expected: '"systemd"',
          message: '"systemd", the only runner of services with when = "Secondary"',
          path: [pathItem(resources, name), pathItem(table, "runner")],
        });
        continue;
      }
      if (name === "") {
        // Drop-ins for "drbd-promote@.service" would apply to every resource.
        addIssue({
          input: name,
          received: 'the name ""',
          message: "the name of a DRBD resource",
          path: [pathItem(resources, name)],
        });
        continue;
      }
      const excess = escalateUnitOf(name).length - MAX_UNIT_LENGTH;
      if (excess > 0) {
        addIssue({
          input: name,
          received: JSON.stringify(name),
          expected: "a shorter name",
          message:
            `a name for units that is shorter by ${excess} when systemd has escaped it ("-" is "\\x2d")`,
          path: [pathItem(resources, name)],
        });
        continue;
      }
      if (!Array.isArray(table["start"])) continue;
      for (const { index, found, expected, candidates } of startListFaults(table["start"], name)) {
        addIssue({
          input: table["start"][index],
          received: found,
          expected: candidates.map((candidate) => JSON.stringify(candidate)).join(" | "),
          message: expected,
          path: [pathItem(resources, name), pathItem(table, "start"), pathItem(table["start"], index)],
        });
      }
    }
  }),
);

interface StartListFault {
  readonly index: number;
  readonly found: string;
  readonly expected: string;
  readonly candidates: readonly string[];
}

function* startListFaults(list: readonly unknown[], resource: string): Generator<StartListFault> {
  const units = new Set<string>();
  for (const [index, text] of list.entries()) {
    if (typeof text !== "string") continue;
    const entry = parseStartEntry(text, resource);
    if (entry.kind === "fault") {
      yield {
        index,
        found: JSON.stringify(withoutSecrets(text)),
        expected: entry.expected,
        candidates: entry.candidates,
      };
    } else if (units.has(entry.unit)) {
      const found = `${JSON.stringify(entry.unit)} a second time`;
      yield { index, found, expected: "each unit once", candidates: [] };
    } else {
      units.add(entry.unit);
    }
  }
}
