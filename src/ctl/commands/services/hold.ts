/** `drbddctl hold` */
import { object } from "@optique/core/constructs";
import { multiple, optional } from "@optique/core/modifiers";
import { argument, option } from "@optique/core/primitives";
import { integer, string } from "@optique/core/valueparser";
import { defineCommand, plain } from "../../cli/command.ts";
import { word } from "../../cli/hints.ts";

export const hold = defineCommand({
  name: "hold",
  group: "Services",
  brief: "Keep drbdd from starting and stopping services, for maintenance",
  description:
    "Puts resources on hold on this node, in a cluster context on all of its nodes: drbdd does not start, move or restart " +
    "their services, and leaves them running when it exits. It still stops (or freezes) services that cannot continue: " +
    "without quorum, when the resource is no longer Primary, and for a lost disk with on-disk-detach " +
    '= "fail-over". A restart of drbdd does not end a hold; a reboot of the node does.',
  examples: [
    ["drbddctl hold web", "before maintenance of its services"],
    ['drbddctl hold --reason "new disks, ask ops" web', "with a note for colleagues"],
    ["drbddctl unhold web", "back to normal"],
  ],
  isForCluster: true,
  args: (hints) =>
    object({
      reason: optional(option("-r", "--reason", string({ metavar: "TEXT" }), {
        description: plain("The reason, shown together with the hold."),
      })),
      seconds: optional(option("--for", integer({ min: 1, metavar: "SECONDS" }), {
        description: plain("End the hold automatically after this time."),
      })),
      resources: multiple(
        argument(word("RESOURCE", hints.resources), { description: plain("DRBD resources of promoters.") }),
        { min: 1 },
      ),
    }),
  run: async ({ reason, seconds, resources }, ctl) =>
    await (await import("../../hold/hold.ts")).hold({ reason, seconds, resources }, ctl),
});
