/** All that decides whether a resource is promoted here, point by point. */
import { describeHold } from "../../../../plugins/promoter/hold/hold.ts";
import { delayMs, delayParts, placeAmong } from "../../../../plugins/promoter/decide/promotion_delay.ts";
import { remarksOn } from "../../../../plugins/promoter/checks/option_remarks.ts";
import { protectionOf } from "../../../../plugins/promoter/checks/protection.ts";
import type { ResourceConfig } from "../../../../plugins/promoter/config/resource_config.ts";
import { START_INTERVAL_MS } from "../../../../plugins/promoter/decide/state.ts";
import { viewOf } from "../../../../plugins/promoter/decide/view.ts";
import type { Resource } from "../../../drbd/model/model.ts";
import { primaryPeers, unseenPeers } from "../../../health/peers.ts";
import { secondaryPlace, secondaryProblems } from "../../../health/secondary_problems.ts";
import type { Facts, Unit, Units } from "../facts/facts.ts";
import { obstaclesTo, reachable } from "./blockers.ts";
import { protection } from "../facts/protection.ts";

/** `yes` speaks for running here, `no` against it, `fact` for neither; `unknown` could not be found out. */
export interface Point {
  readonly sign: "yes" | "no" | "fact" | "unknown";
  readonly name: string;
  readonly text: string;
}

export function pointsOf(facts: Facts): Point[] {
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

function configuration({ promoter, disabledFile, heldBecause }: Facts): Point {
  const name = "configuration";
  if (promoter === undefined) {
    const text = disabledFile === undefined ? "in no promoter" : `disabled: ${disabledFile}`;
    return { sign: "no", name, text };
  }
  if (heldBecause !== undefined) {
    return { sign: "no", name, text: `as drbdd loaded it, as the files cannot be used: ${heldBecause}` };
  }
  const { file, config } = promoter;
  const count = config.start.length === 1 ? "1 entry" : `${config.start.length} entries`;
  return { sign: "yes", name, text: `${file}: ${count} to start, runner ${config.runner}` };
}

function daemon({ daemon }: Facts): Point {
  const name = "drbdd";
  if ("unknown" in daemon) return { sign: "unknown", name, text: daemon.unknown };
  const { isRunning, stale } = daemon.value;
  if (!isRunning) return { sign: "no", name, text: "does not run: nothing is started, and nothing stopped" };
  return stale === undefined
    ? { sign: "yes", name, text: "runs" }
    : { sign: "no", name, text: `runs, but its state is stale: ${stale}` };
}

function hold({ hold, promoter }: Facts): Point[] {
  if (hold === undefined || promoter === undefined) return [];
  const text = `${describeHold(hold)}: nothing is started, and only what cannot go on is stopped`;
  return [{ sign: "no", name: "hold", text }];
}

function missing({ resource, name }: Facts): Point {
  return "unknown" in resource
    ? { sign: "unknown", name: "DRBD", text: resource.unknown }
    : { sign: "no", name: "DRBD", text: `has no resource ${name} up on this node` };
}

function drbd(facts: Facts, resource: Resource): Point[] {
  const { role, devices, mayPromote, promotionScore } = resource;
  const disks = devices.map(({ volume, diskState, client }) =>
    `${devices.length > 1 ? `${volume}: ` : ""}${diskState}${client === "yes" ? " (client)" : ""}`
  );
  const without = devices.filter(({ quorum }) => !quorum).map(({ volume }) => volume);
  const primaries = primaryPeers(resource);
  const none = unseenPeers(resource).length > 0
    ? "none is Primary that this node can see"
    : "none is Primary";
  const obstacles = obstaclesTo(resource);
  const isPrimary = role === "Primary";
  return [
    { sign: isPrimary ? "yes" : "fact", name: "role here", text: role },
    {
      sign: primaries.length === 0 ? "yes" : "no",
      name: "peers",
      text: `${primaries.length === 0 ? none : `${primaries.join(" and ")} is Primary`}; ${
        reachable(resource)
      }`,
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
      text: mayPromote ? "yes" : `no: ${obstacles.join("; ")}`,
    },
    {
      sign: "fact",
      name: "score",
      text: `${promotionScore} (promotion_score of this node's data; higher is better)`,
    },
  ];
}

function splitBrain(facts: Facts): Point {
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
  return { sign: "yes", name, text: [how, ...odd].join("; ") };
}

function services({ units, promoter }: Facts): Point[] {
  if (promoter === undefined) return [];
  const name = "services";
  if (promoter.config.runner === "shell") {
    return [{ sign: "fact", name, text: "commands of a shell: only drbdd knows whether they run" }];
  }
  if ("unknown" in units) return [{ sign: "unknown", name, text: units.unknown }];
  const { target } = units.value;
  const isActive = target.activeState === "active";
  const broken = units.value.services.filter(isBroken).map((each) => each.name);
  const state = target.loadState === "loaded" ? target.activeState : target.loadState;
  const text = `${target.name} is ${state}${broken.length === 0 ? "" : `, but not ${broken.join(", ")}`}`;
  // A target stays up without its services, if it only wants them.
  const sign = broken.length > 0
    ? "no"
    : isActive
    ? "yes"
    : target.loadState === "loaded" && target.activeState !== "failed"
    ? "fact"
    : "no";
  return [{ sign, name, text }, ...oddServices(units.value, isActive)];
}

function isBroken({ loadState, activeState }: Unit): boolean {
  return loadState !== "loaded" || activeState === "failed";
}

/** Those that are not as their target. */
function oddServices({ services }: Units, isActive: boolean): Point[] {
  const odd = services.filter(({ loadState, activeState, isFrozen }) =>
    isFrozen || loadState !== "loaded" || activeState !== (isActive ? "active" : "inactive")
  );
  return odd.map((unit): Point => ({
    sign: isBroken(unit) ? "no" : "fact",
    name: "",
    text: `${unit.name} is ${
      unit.isFrozen ? "frozen" : unit.loadState === "loaded" ? unit.activeState : unit.loadState
    }`,
  }));
}

/** What goes well until a reboot, or does not get in the way of a start. */
function cautions({ unitFindings }: Facts): Point[] {
  if ("unknown" in unitFindings) return [];
  return unitFindings.value.filter(({ isFatal }) => isFatal !== true).map(({ problem, remedy }): Point => ({
    sign: "no",
    name: "",
    text: `${problem}; fix it with: ${remedy}`,
  }));
}

function delay(facts: Facts, config: ResourceConfig, resource: Resource): Point[] {
  const avoids = protection(facts)?.by;
  if (avoids === undefined || avoids === "none" || resource.role === "Primary") return [];
  const parts = delayParts(viewOf(resource), config, avoids, facts.node);
  const seconds = delayMs(parts, config) / 1000;
  const why = parts.map((part) => `${part.seconds} s as ${part.why}`).join(", ");
  const factor = config.sleepBeforePromoteFactor === 1 || parts.length === 0
    ? ""
    : `, times ${config.sleepBeforePromoteFactor}`;
  const text = parts.length === 0
    ? "none: it would start at once"
    : `${seconds} s before a start: ${why}${factor}`;
  return [{ sign: "fact", name: "delay", text: `${text}; ${START_INTERVAL_MS / 1000} s between attempts` }];
}

function preference({ promoter, node }: Facts): Point[] {
  const { preferredNodes = [], preferredNodesPolicy } = promoter?.config ?? {};
  if (preferredNodes.length === 0) return [];
  const place = placeAmong(preferredNodes, node);
  const here = place === preferredNodes.length
    ? "this node is none of them"
    : `this node is number ${place + 1}`;
  const policy = preferredNodesPolicy === "always"
    ? "services move to a better one that is connected and UpToDate for 5 s"
    : "they matter at a start only";
  return [{
    sign: "fact",
    name: "preferred nodes",
    text: `${preferredNodes.join(", ")}: ${here}; ${policy}`,
  }];
}

function neighbours({ promoter, beside }: Facts): Point[] {
  const { notWith = [] } = promoter?.config ?? {};
  if (notWith.length === 0) return [];
  const here = beside.length === 0
    ? "none is Primary here"
    : `${
      beside.join(" and ")
    } Primary here: a start is left to other nodes for 15 s, and services move to one that comes`;
  return [{
    sign: beside.length === 0 ? "fact" : "no",
    name: "not with",
    text: `${notWith.join(", ")}: ${here}`,
  }];
}

/** Services that run where it is Secondary. */
function secondary({ name, secondary, resource }: Facts): Point[] {
  if (secondary === undefined) return [];
  const about = "when Secondary";
  if ("unknown" in secondary.units) return [{ sign: "unknown", name: about, text: secondary.units.unknown }];
  const observed = {
    name,
    resource: "value" in resource ? resource.value : undefined,
    ...secondary.units.value,
  };
  const problems = secondaryProblems(observed).map(({ what }) => what);
  const text = [`${secondaryPlace(observed)} (${observed.target.name}, ${secondary.file})`, ...problems].join(
    "; ",
  );
  return [{ sign: problems.length > 0 ? "no" : "fact", name: about, text }];
}
