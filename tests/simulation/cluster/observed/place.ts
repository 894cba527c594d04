/** One resource on one node: what DRBD, systemd and the clock say of it, for rules to look at. */
import type { PromoterConfig } from "../../../../plugins/promoter/config.ts";
import type { WriteOutcome } from "../../model/changes/io.ts";
import type { ResourceObject } from "../../model/kernel/objects.ts";
import type { Manager } from "../../systemd/manager.ts";
import type { Unit } from "../../systemd/unit.ts";
import { AppProcess, type Holder } from "../programs/app_process.ts";
import { type ActionHistory, LastTimes, newActionHistory } from "./action_history.ts";
import type { Machine } from "../node/machine.ts";
import { configuredServices, instanceOf, type ResourceSpec, unitOf } from "../setup/spec.ts";
import { MarkFault } from "./mark_fault.ts";
import { Timeline } from "./timeline.ts";

/** Options are asked for again after a minute at the latest. */
const PROTECTION_LEARNT_MS = 66_000;

export class Place {
  readonly name: string;
  readonly timeline: Timeline;
  /** What drbdd did here, in its present life. */
  history: ActionHistory = newActionHistory(undefined);
  /** Something of it ran, or was about to. */
  upMs = -Infinity;
  /** All of it ran, and could write. */
  ranMs = -Infinity;
  /** When DRBD last let two nodes be Primary. */
  unprotectedMs = -Infinity;
  /** Since when its devices have served I/O; undefined if they do not. */
  servesSinceMs: number | undefined;
  /** A service ended by itself, or did not start. */
  serviceEndedMs = -Infinity;
  readonly last = new LastTimes();
  /** A program by which drbdd starts, or stops, did not succeed. */
  startFailedMs = -Infinity;
  stopFailedMs = -Infinity;
  /** An administrator has stopped a service since the promotion: what he stopped need not run. */
  isStoppedByHand = false;
  /** When its table of the configuration last changed: drbdd manages it as a new one from then on. */
  reloadedMs = -Infinity;
  /** An administrator made it Primary, and nobody else has been since. */
  isByHand = false;
  /** An administrator started its target. */
  isStartedByHand = false;
  /** A disk of it was lost once. */
  hasLostDisk = false;
  /** Commands of a shell have left something running that drbdd cannot know of. */
  isUnseen = false;
  /** Of the systemd runner: target, promotion, services. */
  readonly units: readonly string[];
  /** Services that ended by themselves and do not run again, by name. */
  readonly #failures = new Set<string>();
  /** What the kernel of its node holds, now and later. */
  readonly #kernelResources: readonly ResourceObject[];
  /** The units of the systemd that runs now. */
  #known: { readonly manager: Manager; readonly units: readonly Unit[] } | undefined;
  /** Names of the services in the configuration that holds now. */
  #configured:
    | { readonly by: readonly PromoterConfig[]; readonly services: readonly string[] | undefined }
    | undefined;
  readonly #mark = new MarkFault();
  #isStale = true;
  /** All local disks have been attached: what is lost from here on was there. */
  #isAttached = false;

  constructor(readonly machine: Machine, readonly spec: ResourceSpec) {
    this.name = spec.name;
    this.timeline = new Timeline(machine.world.spec.drbd.nodes.length);
    this.#kernelResources = machine.world.model.resources(machine.name);
    const instance = instanceOf(spec.name);
    this.units = [
      `drbd-services@${instance}.target`,
      `drbd-promote@${instance}.service`,
      ...spec.services.map(unitOf),
    ];
  }

  /** DRBD's state may have changed. */
  drbdChanged(): void {
    this.#isStale = true;
  }

  /** Notes how things are, for rules that look back. */
  note(nowMs: number): void {
    const { resource, timeline } = this;
    if (this.#isStale || (resource === undefined) === timeline.now.exists) timeline.note(resource, nowMs);
    this.#isStale = false;
    const { life } = this.machine;
    if (this.history.life !== life) this.#beginLife();
    // Once it is promoted by its unit, it is drbdd's, whoever started that.
    const [, promote] = this.isByHand ? this.loaded() : [];
    if (!this.isPrimary || promote?.isUp === true) this.isByHand = false;
    if (this.#mark.isUnclaimed(this)) this.isByHand = true;
    if (this.isTroubled) this.last.troubledMs = nowMs;
    if (this.isPrimary && !this.isByHand) this.history.primarySinceStartMs ??= nowMs;
    if (this.isUp) {
      this.upMs = nowMs;
      if (life === undefined || !this.isManaged) this.last.upUnmanagedMs = nowMs;
      if (this.history.isStopOpen) this.history.stoppedMs = nowMs;
      if (this.history.isStopOpen && this.history.isStopForFailure) this.history.failureStoppedMs = nowMs;
    } else {
      this.history.isStopOpen = false;
    }
    const serves = this.isPrimary && this.outcome === "written";
    this.servesSinceMs = this.servesAll ? this.servesSinceMs ?? nowMs : undefined;
    if (serves && this.runs) {
      this.ranMs = nowMs;
      this.history.isStopOpen &&= this.isBeingStopped;
    }
    const { holders } = this;
    const { now } = timeline;
    if (now.exists && now.protection === "none") this.unprotectedMs = nowMs;
    this.#isAttached = now.exists && (this.#isAttached || now.lostVolumes.length === 0);
    this.hasLostDisk ||= this.#isAttached && now.lostVolumes.length > 0;
    if (holders.length === 0) {
      this.isUnseen = false;
      if (!this.isPrimary && !this.isBeingStarted) this.isStartedByHand = false;
      if (!this.isPrimary) this.isStoppedByHand = false;
    }
    this.#clearFailures(holders);
  }

  /** With the shell runner, a new drbdd takes it for stopped wherever it is not Primary, and to run where nobody can look. */
  #beginLife(): void {
    this.history = newActionHistory(this.machine.life, this.machine.nowMs());
    this.last.bornMs = this.machine.nowMs();
    const { config } = this.spec;
    if (this.machine.life === undefined) return this.#mark.lifeEnded(this.machine);
    if (config.runner !== "shell") return;
    if (this.holders.length > 0) this.isUnseen = true;
    if (this.isPrimary && this.#mark.isMissing(this.machine, this.name)) this.isByHand = true;
    if (config.monitor === undefined && this.isPrimary && !this.runs) {
      for (const service of this.#configuredServices() ?? []) this.ceased(service);
    }
  }

  /** The configuration was read again: a stop that failed halfway is not gone on with where nobody can look. */
  reloaded(): void {
    this.reloadedMs = this.machine.nowMs();
    this.history.startMs = -Infinity;
    this.history.isHeldBack = false;
    this.history.restarts.length = 0;
    this.history.move = this.history.cameBack = undefined;
    const { config } = this.spec;
    if (config.runner !== "shell") return;
    const configured = this.#configuredServices() ?? [];
    // Of an empty list all runs, whoever promoted it, and so it is managed.
    if (config.monitor !== undefined && this.isManaged && configured.length === 0) this.isByHand = false;
    if (config.monitor === undefined && !this.runs) configured.forEach((service) => this.ceased(service));
    // What its list does not name any more it does not stop.
    if (this.holders.some(({ service }) => !configured.includes(service.name))) this.isUnseen = true;
    if (!this.isPrimary && this.holders.length > 0) this.isUnseen = true;
  }

  /** A service ended by itself. */
  ceased(service: string): void {
    this.#failures.add(service);
  }

  /** A service that is configured now ended by itself, and does not run again. */
  get hasFailures(): boolean {
    return this.#failures.size > 0 &&
      this.#configuredServices()?.some((name) => this.#failures.has(name)) === true;
  }

  /** Those that run again are well, whoever started them; where nothing is left, all starts over. */
  #clearFailures(holders: readonly Holder[]): void {
    if (this.#failures.size === 0) return;
    if (!this.isPrimary && holders.length === 0) return this.#failures.clear();
    for (const { service, isReady, isFrozen } of holders) {
      if (isReady && !isFrozen) this.#failures.delete(service.name);
    }
  }

  /** As the kernel has it. */
  get resource(): ResourceObject | undefined {
    for (const resource of this.#kernelResources) if (resource.name === this.name) return resource;
    return undefined;
  }

  get isPrimary(): boolean {
    return this.resource?.is.role === "Primary";
  }

  get hasQuorum(): boolean {
    const { resource } = this;
    return resource !== undefined && resource.devices.length > 0 &&
      resource.devices.every((device) => device.is.quorum);
  }

  /** What runs for its services. */
  get holders(): readonly Holder[] {
    return this.machine.holders.of(this.name);
  }

  /** All that is configured here runs, and nothing of it is frozen. */
  get runs(): boolean {
    const wanted = this.#configuredServices();
    if (wanted === undefined || !this.isPrimary) return false;
    const ready = this.holders.filter(({ isReady, isFrozen }) => isReady && !isFrozen);
    return wanted.every((service) => ready.some((holder) => holder.service.name === service));
  }

  /** It is Primary, and all volumes serve I/O: which of them a service needs, drbdd does not know. */
  get servesAll(): boolean {
    const { name: node, world: { model } } = this.machine;
    return this.isPrimary &&
      this.resource?.devices.every(({ volume }) =>
          model.writeOutcome(node, this.name, volume) === "written"
        ) === true;
  }

  /** What a write of its services would become now, at best. */
  get outcome(): WriteOutcome {
    const { name: node, world: { model } } = this.machine;
    let best: WriteOutcome = "io-error";
    for (const { volume } of this.spec.services) {
      const outcome = model.writeOutcome(node, this.name, volume);
      if (outcome === "written") return "written";
      if (outcome === "suspended") best = "suspended";
    }
    return best;
  }

  /** drbdd is configured to manage it here. */
  get isManaged(): boolean {
    return this.#configuredServices() !== undefined;
  }

  /** DRBD keeps two nodes from being Primary, and drbdd has had the time to learn of it: so it manages the resource. */
  get isProtected(): boolean {
    return this.machine.nowMs() - this.unprotectedMs > PROTECTION_LEARNT_MS;
  }

  /** drbdd is there, is configured to care, reads what DRBD says as it happens, and gets prompt answers. */
  get isResponsive(): boolean {
    return this.machine.responsiveness.isThere && this.isManaged && this.isProtected;
  }

  /** Something is wrong with its services here. */
  get isTroubled(): boolean {
    const { troubles } = this.machine;
    const services = [...this.spec.services, ...this.spec.secondary?.services ?? []];
    if (troubles.size > 0 && services.some(({ name }) => (troubles.get(name)?.size ?? 0) > 0)) {
      return true;
    }
    return this.holders.some((holder) => holder instanceof AppProcess && holder.isSlow);
  }

  /** Anything of it runs here, is about to, or is about to end. */
  get isUp(): boolean {
    if (this.isPrimary || this.holders.length > 0) return true;
    return this.loaded().some(({ isUp, job }) => isUp || job !== undefined);
  }

  /** systemd has given up on one of them. */
  get hasFailedUnit(): boolean {
    return this.loaded().some(({ state }) => state === "failed");
  }

  /** systemd is starting something of it, or a command of a shell is. */
  get isBeingStarted(): boolean {
    return this.history.openStarts > 0 ||
      this.loaded().some(({ job, state }) => job?.type === "start" || state === "activating");
  }

  /** Something was asked to end, and has not yet. */
  get isBeingStopped(): boolean {
    return this.history.openStops > 0 ||
      this.loaded().some(({ job, state }) => job?.type === "stop" || state === "deactivating");
  }

  /** With the systemd runner: target, promotion, services; otherwise nothing. */
  loaded(): readonly Unit[] {
    if (this.spec.config.runner !== "systemd") return [];
    const { manager } = this.machine;
    if (this.#known?.manager !== manager) {
      this.#known = { manager, units: this.units.map((name) => manager.unit(name)) };
    }
    return this.#known.units;
  }

  #configuredServices(): readonly string[] | undefined {
    const { promoters } = this.machine;
    if (this.#configured?.by !== promoters) {
      this.#configured = { by: promoters, services: configuredServices(promoters, this.spec) };
    }
    return this.#configured.services;
  }
}
