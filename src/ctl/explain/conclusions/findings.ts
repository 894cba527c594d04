/** All that decides whether a resource is promoted here: all findings. */
import { describeHold } from "../../../../plugins/promoter/hold/hold.ts";
import { remarksOn } from "../../../../plugins/promoter/checks/option_remarks.ts";
import { protectionOf } from "../../../../plugins/promoter/checks/protection.ts";
import type { Resource } from "../../../drbd/model/model.ts";
import { primaryPeers, unseenPeers } from "../../../health/peers.ts";
import type { Facts } from "../facts/facts.ts";
import { healthOfFacts } from "./assessed.ts";
import { promotionBlockers, reachable } from "./blockers.ts";
import { cautions, delay, neighbours, preference, secondary, services } from "./service_findings.ts";
import type { Finding } from "./finding.ts";

export function findingsOf(facts: Facts): Finding[] {
  const resource = "value" in facts.resource ? facts.resource.value : undefined;
  return [
    configuration(facts),
    daemon(facts),
    ...hold(facts),
    ...(resource === undefined ? [missing(facts)] : drbd(facts, resource)),
    ...services(facts),
    ...cautions(facts),
    ...(resource === undefined || facts.promoter === undefined
      ? []
      : delay(facts, facts.promoter.config, resource)),
    ...preference(facts),
    ...neighbours(facts),
    ...secondary(facts),
  ];
}

function configuration({ promoter, disabledFile, heldBecause }: Facts): Finding {
  const name = "configuration";
  if (promoter === undefined) {
    const text = disabledFile === undefined
      ? "in the configuration of no promoter"
      : `disabled: ${disabledFile}`;
    return { sign: "no", name, text };
  }
  if (heldBecause !== undefined) {
    return {
      sign: "no",
      name,
      text: `the one that drbdd loaded before, because the files have errors: ${heldBecause}`,
    };
  }
  const { file, config } = promoter;
  const count = config.start.length === 1 ? "1 entry" : `${config.start.length} entries`;
  return { sign: "yes", name, text: `${file}: ${count} to start, runner ${config.runner}` };
}

function daemon({ daemon }: Facts): Finding {
  const name = "drbdd";
  if ("unknown" in daemon) return { sign: "unknown", name, text: daemon.unknown };
  const { isRunning, stale } = daemon.value;
  if (!isRunning) return { sign: "no", name, text: "does not run: nothing is started or stopped" };
  return stale === undefined
    ? { sign: "yes", name, text: "runs" }
    : { sign: "no", name, text: `runs, but its state is stale: ${stale}` };
}

function hold({ hold, promoter }: Facts): Finding[] {
  if (hold === undefined || promoter === undefined) return [];
  const text = `${
    describeHold(hold)
  }: nothing is started, and only services that cannot continue are stopped`;
  return [{ sign: "no", name: "hold", text }];
}

function missing({ resource, name }: Facts): Finding {
  return "unknown" in resource
    ? { sign: "unknown", name: "DRBD", text: resource.unknown }
    : { sign: "no", name: "DRBD", text: `has no resource ${name} up on this node` };
}

function drbd(facts: Facts, resource: Resource): Finding[] {
  const { role, devices, mayPromote, promotionScore } = resource;
  const disks = devices.map(({ volume, diskState, client }) =>
    `${devices.length > 1 ? `${volume}: ` : ""}${diskState}${client === "yes" ? " (client)" : ""}`
  );
  const without = devices.filter(({ quorum }) => !quorum).map(({ volume }) => volume);
  const primaries = primaryPeers(resource);
  const none = unseenPeers(resource).length > 0 ? "no Primary is visible from this node" : "none is Primary";
  const blockers = promotionBlockers(resource);
  const isPrimary = role === "Primary";
  return [
    { sign: isPrimary ? "yes" : "fact", name: "role here", text: role },
    {
      sign: primaries.length === 0 ? "yes" : "no",
      name: "peers",
      text: `${
        primaries.length === 0
          ? none
          : `${primaries.join(" and ")} ${primaries.length === 1 ? "is" : "are"} Primary`
      }; ${reachable(resource)}`,
    },
    {
      sign: without.length === 0 ? "yes" : "no",
      name: "quorum",
      text: without.length === 0 ? "all volumes have it" : `lost by volume ${without.join(", ")}`,
    },
    splitBrain(facts),
    { sign: "fact", name: "disks here", text: disks.join(", ") || "none" },
    isPrimary ? { sign: "fact", name: "may promote", text: "no, as it is Primary here already" } : {
      sign: mayPromote ? "yes" : "no",
      name: "may promote",
      text: mayPromote ? "yes" : `no: ${blockers.join("; ")}`,
    },
    {
      sign: "fact",
      name: "score",
      text: `${promotionScore} (promotion_score of this node's data; higher is better)`,
    },
  ];
}

function splitBrain(facts: Facts): Finding {
  const name = "protection";
  const { options, promoter } = facts;
  if ("unknown" in options) {
    return {
      sign: "unknown",
      name,
      text: `DRBD's options are not known, so it is left alone: ${options.unknown}`,
    };
  }
  const protects = protectionOf(options.value, facts.name);
  if (protects.by === "none") {
    return { sign: "no", name, text: `from a split brain: none, so nothing is started: ${protects.lack}` };
  }
  const how = protects.by === "quorum"
    ? `from a split brain: quorum ${options.value.quorum}`
    : "from a split brain: fencing";
  const remarks = promoter === undefined ? [] : remarksOn(options.value, promoter.config.onQuorumLoss);
  const odd = remarks.map(({ option, found, expected }) => `${option} is ${found}, expected ${expected}`);
  // The headline says what.
  const isSplit = healthOfFacts(facts).problems.some(({ id }) => id === "split-brain");
  if (isSplit) return { sign: "no", name, text: `${how}, and yet it happened` };
  return { sign: "yes", name, text: [how, ...odd].join("; ") };
}
