/** The one sentence: whether the services of a resource run here, and why, or why not. */
import { describeHold } from "../../../../plugins/promoter/hold/hold.ts";
import { describeMissing } from "../../../../plugins/promoter/systemd/units/missing_units.ts";
import type { Protection } from "../../../../plugins/promoter/checks/protection.ts";
import { markPathOf } from "../../../../plugins/promoter/control/start/promotion_mark.ts";
import { startPlan } from "../../../../plugins/promoter/decide/start/start_plan.ts";
import { INITIAL_STATE, type State } from "../../../../plugins/promoter/decide/state.ts";
import { viewOf } from "../../../../plugins/promoter/decide/view.ts";
import type { Resource } from "../../../drbd/model/model.ts";
import { isTooOld, tooOld, unknownState } from "../../../health/assess.ts";
import type { Problem } from "../../../health/problem.ts";
import { isPrimaryUnseen } from "../../../health/peers.ts";
import { baseName, stem } from "../../config/config_files.ts";
import { healthOfFacts } from "./assessed.ts";
import type { Configured, Facts, Known, Units } from "../facts/facts.ts";
import { protection } from "../facts/protection.ts";
import { promotionBlockers } from "./blockers.ts";

type Unprotected = Extract<Protection, { by: "none" }>;

export type Tone = "good" | "warning" | "bad";

export interface Conclusion {
  readonly tone: Tone;
  readonly text: string;
  /** What to do, if anything should be done. */
  readonly advice: readonly string[];
}

export function conclusionOf(facts: Facts): Conclusion {
  const { name, promoter, hold } = facts;
  const conclusion = conclusionWithoutHold(facts);
  if (hold === undefined || promoter === undefined) return conclusion;
  return {
    tone: conclusion.tone === "good" ? "warning" : conclusion.tone,
    text: `${conclusion.text}; ${describeHold(hold)}`,
    advice: [...conclusion.advice, `drbddctl unhold ${name}`],
  };
}

function conclusionWithoutHold(facts: Facts): Conclusion {
  const { name, promoter, resource } = facts;
  if (isTooOld(facts.moduleVersion)) {
    const { what, next } = tooOld(facts.moduleVersion);
    return bad(`${name}: ${what}`, next);
  }
  if ("unknown" in resource) {
    const { what, next } = unknownState(resource.unknown, facts.moduleVersion);
    return bad(`${name}: ${what}`, next);
  }
  if (promoter === undefined) return notConfigured(facts);
  const start = healthOfFacts(facts).problems.find(({ id }) => id === "start-failed" || id === "start-waits");
  if (resource.value === undefined) {
    return start === undefined
      ? bad(`${name} does not run here: DRBD does not have it up on this node`, `drbdadm up ${name}`)
      : bad(`${name} is not up in DRBD on this node, and ${start.what}`, start.next);
  }
  const protects = protection(facts);
  if (protects?.by === "none") return notProtected(facts, resource.value, protects);
  return resource.value.role === "Primary"
    ? primaryHere(facts, promoter)
    : notPrimaryHere(facts, resource.value, start);
}

function notProtected({ name, units }: Facts, { role }: Resource, { lack, remedy }: Unprotected): Conclusion {
  const running = runningUnits(units);
  if (role === "Primary" && running.length > 0) {
    return bad(
      `${name} runs here without split-brain protection, and nothing more is started: ${lack}`,
      remedy,
    );
  }
  return bad(`${name} is left alone: ${lack}`, remedy);
}

function notConfigured({ name, resource, disabledFile }: Facts): Conclusion {
  const where = "value" in resource && resource.value !== undefined ? `, and ${placeOf(resource.value)}` : "";
  const because = disabledFile === undefined
    ? "no promoter has it in its configuration"
    : `its configuration is disabled (${disabledFile})`;
  return {
    tone: "warning",
    text: `drbdd does not manage ${name}: ${because}${where}`,
    advice: disabledFile === undefined ? [] : [`drbddctl enable ${stem(baseName(disabledFile))}`],
  };
}

function placeOf({ role, connections }: Resource): string {
  if (role === "Primary") return "it is Primary here";
  const peer = connections.find(({ peerRole }) => peerRole === "Primary");
  if (peer !== undefined) return `it is Primary on ${peer.connName}`;
  return connections.some(({ connectionState }) => connectionState !== "Connected")
    ? "no Primary is visible from this node"
    : "no node is Primary";
}

function primaryHere(facts: Facts, { config }: Configured): Conclusion {
  const { name, units } = facts;
  if (config.runner === "shell" && !facts.isMarked) return foreign(name, markPathOf(name));
  if (config.runner === "shell") {
    return good(
      `${name} is Primary here; its commands have no monitor: see the last decisions for whether they ran`,
    );
  }
  if ("unknown" in units) {
    return warning(`${name} is Primary here; whether its services run is unknown: ${units.unknown}`);
  }
  const { target } = units.value;
  const failed = failedOf(units.value);
  if (isFrozen(units.value)) {
    return warning(`${name} is frozen here: quorum is lost, and its services wait for it to come back`);
  }
  if (target.loadState === "masked") {
    return bad(
      `${name} is Primary here, but its services cannot run: ${target.name} is masked`,
      unmask(name),
    );
  }
  const [missing] = units.value.missing;
  if (target.activeState === "active" && failed.length === 0 && missing !== undefined) {
    return warning(
      `${name} runs here, but not all of it: ${describeMissing(units.value.missing)}`,
      ...lookAt([missing.unit]),
    );
  }
  if (target.activeState === "active") {
    return failed.length === 0
      ? good(`${name} runs here`)
      : bad(`${name} is Primary here, but ${failed.join(" and ")} failed`, ...lookAt(failed));
  }
  const { promotion } = units.value;
  // A demotion that failed leaves a unit that failed, and drbdd's mark as long as the resource was not Secondary since.
  const isForeign = promotion.activeState === "inactive" ||
    (promotion.activeState === "failed" && !facts.isMarked);
  if (isForeign && runningUnits(units).length === 0) {
    return foreign(name, promotion.name);
  }
  return bad(
    `${name} is Primary here, but its services do not run: ${target.name} is ${target.activeState}`,
    ...lookAt([...failed, target.name]),
  );
}

/** What drbdd would have left behind had it promoted the resource is not there. Units that failed are only among the findings then. */
function foreign(name: string, missing: string): Conclusion {
  return {
    tone: "warning",
    text:
      `${name} is Primary here, but drbdd did not promote it (${missing} does not exist or is not active): left alone`,
    advice: [
      `drbdadm secondary ${name}, once nothing uses it: drbdd then starts its services where DRBD allows it`,
    ],
  };
}

function notPrimaryHere(facts: Facts, resource: Resource, start: Problem | undefined): Conclusion {
  const { name, node, units, daemon } = facts;
  const running = runningUnits(units);
  const peer = resource.connections.find(({ peerRole }) => peerRole === "Primary");
  if (running.length > 0) {
    return bad(
      `${name} is not Primary here, but ${running.join(" and ")} ${running.length === 1 ? "runs" : "run"}: ` +
        "they are about to start, or to stop",
      `systemctl list-jobs; what drbdd is doing: journalctl -u drbdd`,
    );
  }
  if (peer !== undefined) return good(`${name} does not run here: it is Primary on ${peer.connName}`);
  const nowhere = isPrimaryUnseen(resource) ? "runs nowhere that this node can see" : "runs nowhere";
  const lost = resource.devices.filter(({ quorum }) => !quorum).map(({ volume }) => volume);
  if (resource.mayPromote && lost.length > 0) {
    return bad(
      `${name} ${nowhere}: quorum is lost by volume ${lost.join(", ")}`,
      "drbdadm status",
    );
  }
  if (!resource.mayPromote) {
    return bad(
      `${name} ${nowhere}: DRBD does not allow a promotion here, as ${
        promotionBlockers(resource).join("; ")
      }`,
    );
  }
  if ("value" in daemon && !daemon.value.isRunning) {
    return bad(
      `${name} ${nowhere}, though it could run here: drbdd does not run on ${node}`,
      "systemctl start drbdd",
    );
  }
  if ("value" in units && units.value.target.loadState === "masked") {
    return bad(
      `${name} ${nowhere}, and cannot be started here: ${units.value.target.name} is masked`,
      unmask(name),
    );
  }
  if (facts.hold !== undefined) return bad(`${name} runs nowhere, though DRBD allows a promotion here`);
  // The next attempt is not worth mentioning as long as they all fail.
  if (start !== undefined) return bad(`${name} ${nowhere}: ${start.what}`, start.next);
  const plan = planOf(facts, resource);
  if (plan?.kind === "wait") {
    const seconds = Math.ceil((plan.atMs - facts.wallMs) / 1000);
    return warning(
      `${name} is about to start here, in about ${seconds} s: ${plan.why ?? "DRBD may promote it"}`,
    );
  }
  const failed = "value" in units ? failedOf(units.value) : [];
  const last = "value" in facts.decisions ? facts.decisions.value.list.at(-1)?.text : undefined;
  const why = failed.length > 0
    ? `${failed.join(" and ")} failed`
    : last === undefined
    ? "the last decision of drbdd is unknown"
    : `the last decision of drbdd was "${last}"`;
  return bad(
    `${name} ${nowhere}, though DRBD allows a promotion here: ${why}`,
    ...(failed.length === 0 ? [`journalctl -u drbdd | grep ' ${name}: '`] : lookAt(failed)),
  );
}

/** The next step of the promoter's state machine; undefined if DRBD's options are unknown. */
function planOf(facts: Facts, resource: Resource): ReturnType<typeof startPlan> | undefined {
  const { promoter, wallMs, node } = facts;
  const avoids = protection(facts)?.by;
  if (promoter === undefined || avoids === undefined) return undefined;
  const attempts = "value" in facts.decisions ? facts.decisions.value.list : [];
  const lastAttemptMs = lastOf(attempts, "start:");
  const lostMs = lastOf(attempts, "not started here: lost the promotion race");
  const state: State = {
    ...INITIAL_STATE,
    phase: "stopped",
    view: viewOf(resource),
    protection: avoids,
    protectionAskedMs: wallMs,
    isPrepared: true,
    // The start time is unknown; a decision reports the delay.
    promotableSinceMs: lastOf(attempts, "wait") ?? -Infinity,
    lastAttemptMs,
    refusedMs: lostMs,
    isRaceLost: lostMs !== undefined && lostMs >= (lastAttemptMs ?? -Infinity),
  };
  return startPlan(state, promoter.config, { nowMs: wallMs, node, isStale: false });
}

function lastOf(
  decisions: readonly { wallMs: number; text: string }[],
  beginning: string,
): number | undefined {
  return decisions.findLast(({ text }) => text.startsWith(beginning))?.wallMs;
}

function failedOf({ target, services }: Units): string[] {
  return [...services, target].filter(({ activeState }) => activeState === "failed").map(({ name }) => name);
}

function isFrozen({ services }: Units): boolean {
  return services.some(({ isFrozen }) => isFrozen);
}

function runningUnits(units: Known<Units>): string[] {
  if ("unknown" in units) return [];
  const isUp = (state: string) => state !== "inactive" && state !== "failed";
  return units.value.services.filter(({ activeState }) => isUp(activeState)).map(({ name }) => name);
}

function lookAt(units: readonly string[]): string[] {
  return units.slice(0, 1).map((unit) => `systemctl status ${unit}`);
}

function unmask(name: string): string {
  return `drbddctl evict --unmask with the file of ${name}, if an eviction left it so; systemctl unmask otherwise`;
}

function good(text: string): Conclusion {
  return { tone: "good", text, advice: [] };
}

function warning(text: string, ...advice: string[]): Conclusion {
  return { tone: "warning", text, advice };
}

function bad(text: string, ...advice: string[]): Conclusion {
  return { tone: "bad", text, advice };
}
