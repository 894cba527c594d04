/** Looks at everything that happens in a simulated cluster, and says what is wrong. */
import type { StateMachine } from "../../../../plugins/promoter/control/actor.ts";
import type { PromoterConfig } from "../../../../plugins/promoter/config.ts";
import { AllRules } from "./all_rules.ts";
import type { Holder } from "../programs/app_process.ts";
import { FIND_MS } from "../observed/bounds.ts";
import type { Changes } from "../../model/kernel/transaction.ts";
import { Decisions } from "./decisions.ts";
import { type Names, purposeOf } from "../observed/action_history.ts";
import { checkDemotion } from "./demotions.ts";
import { isOnHold } from "../observed/hold_facts.ts";
import type { Machine } from "../node/machine.ts";
import { setNeighbours } from "../observed/neighbours.ts";
import type { LivenessRule } from "./liveness.ts";
import type { LogLevel } from "../node/node_log.ts";
import type { MachineObserver } from "../node/observer.ts";
import { Place } from "../observed/place.ts";
import {
  isOut,
  isUnbound,
  mayBePromotedByStart,
  tableOf,
  wasPrimaryJustNow,
} from "../observed/place_facts.ts";
import type { ProgramRun } from "../programs/programs.ts";
import { checkStartLatency } from "./start_latency.ts";
import type { RuleBook } from "./rule_book.ts";
import { type ServiceSpec, tablesOf, unitOf } from "../setup/spec.ts";

/** What drbdd has left behind at its end. */
interface Left {
  readonly place: Place;
  readonly holders: readonly Holder[];
  readonly untilMs: number;
}

/** What waited for suspended I/O ends so much later. */
const REMNANTS_MS = 500;
/** Until drbdd has read that its node is Primary. */
const NEWS_MS = 100;
/** What was up so shortly before the end of drbdd was stopped for it. */
const ENDED_MS = 10_000;

export class Watch implements MachineObserver<Machine> {
  #machines: readonly Machine[] = [];
  #places: Place[] = [];
  #names: Names[] = [];
  #left: Left[] = [];
  #all: AllRules;
  /** States that were looked at. */
  checked = 0;
  /** Called when a promoter begins something. */
  onBegin: () => void = () => {};
  /** Something happened since the last look. */
  isStirred = true;

  constructor(readonly stateMachine: StateMachine, readonly rules: RuleBook, readonly nowMs: () => number) {
    this.#all = new AllRules([], rules);
  }

  get liveness(): LivenessRule {
    return this.#all.liveness;
  }

  /** Begins to look. */
  begin(machines: readonly Machine[]): void {
    this.#machines = machines;
    const resources = machines[0]?.world.spec.resources ?? [];
    this.#places = machines.flatMap((machine) =>
      tablesOf(machine.world.spec, machine.name).resources.map((resource) => new Place(machine, resource))
    );
    this.#names = resources.map(({ name, services }) => ({
      resource: name,
      target: machines[0]?.targetOf(name) ?? "",
      units: services.map(unitOf),
      services: services.map((service) => service.name),
    }));
    setNeighbours(this.#places);
    this.#all = new AllRules(this.#places, this.rules);
  }

  /** Something may have changed. */
  look(): void {
    const nowMs = this.nowMs();
    this.checked++;
    this.isStirred = false;
    for (const machine of this.#machines) {
      machine.responsiveness.look(nowMs);
      this.rules.count("drbdd failed");
      if ((machine.life?.pluginRestarts ?? 0) > 0) {
        this.drbddFailed(machine, "a promoter failed and was started again");
      }
    }
    for (const place of this.#places) place.note(nowMs);
    this.#all.look(nowMs);
    this.#left = this.#left.filter((left) => this.#mayStillBeThere(left, nowMs));
  }

  place(machine: Machine, resource: string): Place {
    const place = this.#places.find((each) => each.machine === machine && each.name === resource);
    if (place === undefined) throw new Error(`There is no resource ${resource}`);
    return place;
  }

  /** DRBD's state changed. Roles are the promoter's business: they disturb nobody. */
  drbdChanged({ resource, connections, devices, peerDevices }: Changes): void {
    this.isStirred = true;
    const nowMs = this.nowMs();
    for (const place of this.#places) {
      if (place.resource !== resource) continue;
      place.drbdChanged();
      place.note(nowMs);
    }
    const isNews = devices.length > 0 ||
      connections.some(({ is, was }) => is.connection !== was.connection) ||
      peerDevices.some(({ is, was }) => is.peerDisk !== was.peerDisk || is.replication !== was.replication);
    if (isNews) this.#all.disturb(nowMs, resource.config.name);
  }

  /** Something was done to a resource, or to all of them. */
  disturb(resource?: string): void {
    for (const place of this.#places) {
      if (resource === undefined || place.name === resource) place.drbdChanged();
    }
    this.#all.disturb(this.nowMs(), resource);
    this.#all.log.disturb(resource);
  }

  stateMachineOf(machine: Machine): StateMachine {
    const decisions = new Decisions((resource) => this.place(machine, resource), this.rules);
    const stateMachine = decisions.observe(this.stateMachine);
    return (...inputs) => {
      const result = stateMachine(...inputs);
      if (result.actions.length > 0) this.onBegin();
      return result;
    };
  }

  ran(machine: Machine, run: ProgramRun): void {
    const words = run.argv.join(" ").split(" ");
    if (words.includes("primary")) {
      const isForced = words.some((word) => /^(--force|-f)\b/.test(word));
      this.rules.check(
        "force",
        machine.name,
        "",
        isForced ? `promoted by force: ${run.argv.join(" ")}` : undefined,
      );
    }
    const adjusted = words[0] === "drbdadm" && words[1] === "adjust" ? words[2] : undefined;
    if (adjusted !== undefined) this.place(machine, adjusted).last.adjustedMs = this.nowMs();
    this.#all.secondaries.ran(machine, run);
    if (run.argv[0] === "drbdsetup" && run.argv[1] === "secondary") {
      const { history } = this.place(machine, run.argv[2] ?? "");
      history.openDemotions++;
      run.whenOver(() => history.openDemotions--);
    }
    const purpose = purposeOf(run.argv, this.#names);
    if (purpose === undefined) return;
    const place = this.place(machine, purpose.resource);
    const { history } = place;
    const isStop = purpose.kind === "stop";
    if (isStop) history.openStops++;
    else history.openStarts++;
    if (isStop && words.includes("secondary")) checkDemotion(this.rules, place);
    if (purpose.kind === "start") {
      this.#all.secondaries.promotes(place);
      history.startOverMs = Infinity;
      checkStartLatency(this.rules, place, this.nowMs());
    }
    run.whenOver(({ code }) => {
      if (isStop) history.openStops--;
      else history.openStarts--;
      if (purpose.kind === "start") history.startOverMs = this.nowMs();
      const [target] = place.loaded();
      if (isStop && code !== 0) {
        place.stopFailedMs = this.nowMs();
        // Of what a stop command left, the shell runner knows only what keeps the resource Primary.
        if (target === undefined) place.isUnseen = true;
      }
      // systemd knows better than systemctl, which may have lost its connection.
      const isFailed = target === undefined
        ? code !== 0
        : target.state !== "active" && target.job === undefined;
      if (!isStop && isFailed) place.startFailedMs = this.nowMs();
    });
  }

  /** The strict part of "only where it is Primary": at the very beginning, unless the promotion was just lost. */
  begins(machine: Machine, service: ServiceSpec): void {
    const place = this.place(machine, service.resource);
    if (isUnbound(place, service)) {
      // drbdd does not stop what it did not start.
      place.isUnseen ||= !place.isPrimary;
      return this.rules.count("not Primary", true);
    }
    const text = `${service.name} is started without promotion`;
    this.rules.check("not Primary", machine.name, service.resource, this.#mayBegin(place) ? undefined : text);
  }

  #mayBegin(place: Place): boolean {
    if (place.isPrimary) return true;
    const { machine, spec: { config } } = place;
    const [, promote] = place.loaded();
    if (promote !== undefined) return promote.state === "active";
    // Commands of a shell go on until drbdd learns of the demotion.
    const unheardMs = NEWS_MS + machine.responsiveness.eventLagMs;
    return config.runner === "shell" &&
      place.timeline.some(this.nowMs() - unheardMs, ({ isPrimary }) => isPrimary);
  }

  stoppedByHand(machine: Machine, service: ServiceSpec): void {
    const place = this.place(machine, service.resource);
    place.isStoppedByHand = true;
    place.last.stoppedByHandMs = this.nowMs();
  }

  startedByHand(machine: Machine, resource: string): void {
    const place = this.place(machine, resource);
    place.isStartedByHand = true;
    place.last.startedByHandMs = this.nowMs();
  }

  primaryByHand(machine: Machine, resource: string): void {
    const place = this.place(machine, resource);
    if (mayBePromotedByStart(place, this.nowMs())) return;
    place.isByHand = true;
    if (!wasPrimaryJustNow(place)) place.history.primarySinceStartMs = undefined;
  }

  reloaded(machine: Machine, before: readonly PromoterConfig[]): void {
    for (const place of this.#places) {
      const isTouched = place.machine === machine &&
        tableOf(before, place.name) !== tableOf(machine.promoters, place.name);
      if (isTouched) place.reloaded();
    }
  }

  ceased(machine: Machine, service: ServiceSpec, isByItself: boolean): void {
    const place = this.place(machine, service.resource);
    // What is being stopped, or left without promotion, does not fail.
    if (!isByItself && (place.isBeingStopped || !place.isPrimary)) return;
    place.ceased(service.name);
    place.serviceEndedMs = this.nowMs();
    // A drbdd that sees nothing of DRBD cannot know of the outage: to it the service has failed.
    const isSeen = machine.responsiveness.seesSinceMs !== undefined;
    if (isSeen && isOut(place)) place.last.endedInOutageMs = this.nowMs();
    this.#all.disturb(this.nowMs(), service.resource);
  }

  /** With stop-services-on-exit nothing is left of what could be stopped. */
  ended(machine: Machine, isOrderly: boolean, alertMs: number): void {
    const nowMs = this.nowMs();
    for (const place of this.#places) {
      if (place.machine !== machine) continue;
      const { spec: { config }, holders } = place;
      const wasUp = holders.length > 0 || nowMs - place.upMs < ENDED_MS;
      if (!isOrderly || !config.stopServicesOnExit || !place.isManaged || !wasUp) continue;
      if (holders.length === 0) this.rules.count("left running");
      if (holders.length === 0) continue;
      // A drbdd that was asked to end so soon after it began need not know yet what runs.
      const isExcused = alertMs < FIND_MS || place.isTroubled || !place.isProtected ||
        isOnHold(place, nowMs) || machine.responsiveness.systemdLateMs > 0 ||
        // What waits for suspended I/O nobody can end.
        place.outcome === "suspended" ||
        // What commands have started is known only by the role.
        (config.runner === "shell" && (!place.isPrimary || place.isUnseen)) ||
        // drbdd may not know yet what somebody else has just started.
        place.timeline.some(
          nowMs - NEWS_MS - machine.responsiveness.eventLagMs,
          ({ isPrimary }) => !isPrimary,
        );
      this.rules.count("left running", isExcused);
      if (!isExcused) this.#left.push({ place, holders, untilMs: nowMs + REMNANTS_MS });
    }
  }

  #mayStillBeThere({ place, holders, untilMs }: Left, nowMs: number): boolean {
    if (!holders.some((holder) => place.machine.holders.has(holder))) return false;
    if (nowMs < untilMs) return true;
    const text = "drbdd has ended, its services have not";
    this.rules.broken("left running", place.machine.name, place.name, text);
    return false;
  }

  logged(machine: Machine, level: LogLevel, text: string): void {
    this.#all.log.logged(machine, level, text, this.nowMs());
  }

  drbddFailed(machine: Machine, why: string): void {
    this.rules.broken("drbdd failed", machine.name, "", why);
  }
}
