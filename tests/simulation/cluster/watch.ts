/** Looks at everything that happens in a simulated cluster, and says what is wrong. */
import type { Mind } from "../../../plugins/promoter/actor.ts";
import type { Holder } from "./app_process.ts";
import type { Changes } from "../model/transaction.ts";
import type { DaemonLife } from "./daemon_life.ts";
import { Decisions } from "./decisions.ts";
import { LivenessRule } from "./liveness.ts";
import type { Machine, MachineObserver } from "./machine.ts";
import { Place } from "./place.ts";
import { Safety } from "./safety.ts";
import type { ServiceSpec } from "./spec.ts";
import type { Violations } from "./violations.ts";

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

export class Watch implements MachineObserver {
  #machines: readonly Machine[] = [];
  #places: Place[] = [];
  #left: Left[] = [];
  #safety: Safety;
  liveness: LivenessRule;
  /** States that were looked at. */
  checked = 0;
  /** Told when a promoter begins something. */
  onBegin: () => void = () => {};
  /** Something happened since it was last looked. */
  isStirred = true;

  constructor(readonly mind: Mind, readonly violations: Violations, readonly nowMs: () => number) {
    this.#safety = new Safety([], violations);
    this.liveness = new LivenessRule([], violations);
  }

  /** Begins to look. */
  begin(machines: readonly Machine[]): void {
    this.#machines = machines;
    this.#places = machines.flatMap((machine) =>
      machine.world.spec.resources.map((resource) => new Place(machine, resource))
    );
    this.#safety = new Safety(this.#places, this.violations);
    this.liveness = new LivenessRule(this.#places, this.violations);
  }

  /** Something may have changed. */
  look(): void {
    const nowMs = this.nowMs();
    this.checked++;
    this.isStirred = false;
    for (const machine of this.#machines) {
      machine.blindness.look(machine.life?.isAlert === true, nowMs);
      if ((machine.life?.pluginRestarts ?? 0) > 0) {
        this.drbddFailed(machine, "a promoter failed and was started again");
      }
    }
    for (const place of this.#places) {
      place.lookBack(nowMs);
      if (place.isUnseen && place.holders.length === 0) place.isUnseen = false;
      if (!place.isPrimary && place.holders.length === 0) place.isStoppedByHand = false;
      place.forgetHurt();
    }
    this.#safety.look(nowMs);
    this.liveness.look(nowMs);
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
    for (const place of this.#places) if (place.resource === resource) place.lookBack(this.nowMs());
    const isNews = devices.length > 0 ||
      connections.some(({ is, was }) => is.connection !== was.connection) ||
      peerDevices.some(({ is, was }) => is.peerDisk !== was.peerDisk || is.replication !== was.replication);
    if (isNews) this.liveness.disturb(this.nowMs(), resource.config.name);
  }

  mindOf(machine: Machine, _life: DaemonLife): Mind {
    const decisions = new Decisions((resource) => this.place(machine, resource), this.violations);
    const mind = decisions.observe(this.mind);
    return (...told) => {
      const result = mind(...told);
      if (result.actions.length > 0) this.onBegin();
      return result;
    };
  }

  ran(machine: Machine, argv: readonly string[]): void {
    const words = argv.flatMap((arg) => arg.split(" "));
    const isForced = words.includes("primary") && words.some((word) => /^(--force|-f)\b/.test(word));
    if (isForced) {
      this.violations.add("force", machine.name, "", `drbdd promotes by force: ${argv.join(" ")}`);
    }
  }

  /** The strict part of "only where it is Primary": at the very beginning, unless the promotion was just lost. */
  begins(machine: Machine, service: ServiceSpec): void {
    const place = this.place(machine, service.resource);
    if (place.isPrimary) return;
    const { config } = place.spec;
    const [, promote = ""] = place.units;
    const wasPromoted = config.runner === "systemd" && machine.manager.unit(promote).state === "active";
    if (wasPromoted) return;
    // Commands of a shell go on until drbdd hears of the demotion.
    const unheardMs = NEWS_MS + machine.blindMs;
    if (config.runner === "shell" && this.nowMs() - place.history.primaryMs <= unheardMs) return;
    this.violations.add(
      "not Primary",
      machine.name,
      service.resource,
      `${service.name} is started without promotion`,
    );
  }

  stoppedByHand(machine: Machine, service: ServiceSpec): void {
    this.place(machine, service.resource).isStoppedByHand = true;
  }

  reloaded(machine: Machine): void {
    for (const place of this.#places) if (place.machine === machine) place.reloaded();
  }

  ceased(machine: Machine, service: ServiceSpec, isByItself: boolean): void {
    const place = this.place(machine, service.resource);
    // What the promoter does not stop ends for good.
    if (!isByItself && (place.phase === "stopping" || place.phase === "stopped")) return;
    place.ceased(service.name);
    place.history.serviceEndedMs = this.nowMs();
    this.liveness.failed(this.nowMs(), service.resource);
  }

  /** With stop-services-on-exit nothing is left of what could be stopped. */
  ended(machine: Machine, isOrderly: boolean): void {
    const nowMs = this.nowMs();
    for (const place of this.#places) {
      if (place.machine !== machine) continue;
      const { spec: { config }, phase, isSeen } = place;
      place.phase = undefined;
      place.isSeen = false;
      const isDue = isOrderly && config.stopServicesOnExit && place.isManaged && place.isProtected;
      if (!isDue || phase === "unsure" || place.isTroubled || place.holders.length === 0) continue;
      // What waits for suspended I/O nobody can end.
      if (place.outcome === "suspended") continue;
      // systemd can always be asked what runs; what commands have started is known only by the role.
      if (config.runner === "shell" && !isSeen) continue;
      // What somebody else has just started drbdd may not have heard of.
      if (phase === "stopped" && nowMs - place.history.notPrimaryMs <= NEWS_MS + machine.blindMs) continue;
      this.#left.push({ place, holders: place.holders, untilMs: nowMs + REMNANTS_MS });
    }
  }

  #mayStillBeThere({ place, holders, untilMs }: Left, nowMs: number): boolean {
    if (!holders.some((holder) => place.machine.holders.has(holder))) return false;
    if (nowMs < untilMs) return true;
    this.violations.add(
      "left running",
      place.machine.name,
      place.name,
      "drbdd has ended, its services have not",
    );
    return false;
  }

  drbddFailed(machine: Machine, why: string): void {
    this.violations.add("drbdd failed", machine.name, "", why);
  }
}
