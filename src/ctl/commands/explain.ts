/** `drbddctl explain` */
import { object } from "@optique/core/constructs";
import { argument } from "@optique/core/primitives";
import { string } from "@optique/core/valueparser";
import { defineCommand, plain } from "../command.ts";
import { EXPLAIN } from "../short_lines.ts";

export const explain = defineCommand({
  ...EXPLAIN,
  group: "Looking",
  brief: "Tell why a resource runs here, or not",
  description:
    "Tells whether the services of a resource run on this node, and why, or why not: what DRBD allows, which " +
    "delay there is, what systemd says, which nodes are preferred, and what drbdd decided last. Changes nothing.",
  examples: [["drbddctl explain web", "about the resource web"]],
  args: () =>
    object({ name: argument(string({ metavar: "RESOURCE" }), { description: plain("The DRBD resource.") }) }),
});
