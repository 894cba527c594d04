/** Findings about services: units, delays, preferred nodes, neighbours, and what runs on a Secondary. */
import {
  delayMs,
  delayParts,
  placeAmong,
} from "../../../../plugins/promoter/decide/start/promotion_delay.ts";
import type { ResourceConfig } from "../../../../plugins/promoter/config/resource_config.ts";
import { START_INTERVAL_MS } from "../../../../plugins/promoter/decide/state.ts";
import { viewOf } from "../../../../plugins/promoter/decide/view.ts";
import type { Resource } from "../../../drbd/model/model.ts";
import { secondaryPlace, secondaryProblems } from "../../../health/secondary_problems.ts";
import type { Facts, Unit, Units } from "../facts/facts.ts";
import { protection } from "../facts/protection.ts";
import type { Finding } from "./finding.ts";

export function services({ units, promoter }: Facts): Finding[] {
  if (promoter === undefined) return [];
  const name = "services";
  if (promoter.config.runner === "shell") {
    return [{ sign: "fact", name, text: "shell commands: only drbdd knows whether they run" }];
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
function oddServices({ services }: Units, isActive: boolean): Finding[] {
  const odd = services.filter(({ loadState, activeState, isFrozen }) =>
    isFrozen || loadState !== "loaded" || activeState !== (isActive ? "active" : "inactive")
  );
  return odd.map((unit): Finding => ({
    sign: isBroken(unit) ? "no" : "fact",
    name: "",
    text: `${unit.name} is ${
      unit.isFrozen ? "frozen" : unit.loadState === "loaded" ? unit.activeState : unit.loadState
    }`,
  }));
}

/** What works until a reboot, or does not prevent a start. */
export function cautions({ unitFindings }: Facts): Finding[] {
  if ("unknown" in unitFindings) return [];
  return unitFindings.value.filter(({ isFatal }) => isFatal !== true).map(({ problem, remedy }): Finding => ({
    sign: "no",
    name: "",
    text: `${problem}; fix it with: ${remedy}`,
  }));
}

export function delay(facts: Facts, config: ResourceConfig, resource: Resource): Finding[] {
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

export function preference({ promoter, node }: Facts): Finding[] {
  const { preferredNodes = [], preferredNodesPolicy } = promoter?.config ?? {};
  if (preferredNodes.length === 0) return [];
  const place = placeAmong(preferredNodes, node);
  const here = place === preferredNodes.length
    ? "this node is none of them"
    : `this node is number ${place + 1}`;
  const policy = preferredNodesPolicy === "always"
    ? "services move to a better one that is connected and UpToDate for 5 s"
    : "used for starts only";
  return [{
    sign: "fact",
    name: "preferred nodes",
    text: `${preferredNodes.join(", ")}: ${here}; ${policy}`,
  }];
}

export function neighbours({ promoter, beside }: Facts): Finding[] {
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
export function secondary({ name, secondary, resource }: Facts): Finding[] {
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
