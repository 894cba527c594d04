/** One resource on one node: what is known of it there, for rules to look at. */
import type { Phase } from "../../../plugins/promoter/state.ts";
import type { WriteOutcome } from "../model/io.ts";
import type { ResourceObject } from "../model/objects.ts";
import { AppProcess, type Holder } from "./app_process.ts";
import { hasQuorum, History } from "./history.ts";
import type { Machine } from "./machine.ts";
import type { PromoterConfig } from "../../../plugins/promoter/config.ts";
import type { Manager } from "../systemd/manager.ts";
import type { Unit } from "../systemd/unit.ts";
import { instanceOf, type ResourceSpec, unitOf } from "./spec.ts";

const NOBODY: readonly Holder[] = [];

export class Place {
  readonly history = new History();
  /** As the promoter last had it; undefined if no promoter cares. */
  phase: Phase | undefined;
  /** The drbdd that lives now was told of the resource. */
  isSeen = false;
  /** The promoter saw it Primary since its services run, as far as it knows. */
  wasSeenPrimary = false;
  /** When the promoter last began a start, in its present life. */
  lastAttemptMs = -Infinity;
  /** Services that ended by themselves and do not run again, by name. */
  readonly #hurt = new Set<string>();
  /** When a stop last failed: somebody may have got into it. */
  stopFailedMs = -Infinity;
  /** An administrator has stopped a service since the promotion: what he stopped need not run. */
  isStoppedByHand = false;
  /** Commands of a shell have left something running that the promoter cannot know of. */
  isUnseen = false;
  readonly name: string;
  /** Of the systemd runner: target, promotion, services. */
  readonly units: readonly string[];
  /** The units of the systemd that runs now. */
  #known: { readonly manager: Manager; readonly units: readonly Unit[] } | undefined;
  /** Names of the services in the configuration that holds now. */
  #configured:
    | { readonly by: readonly PromoterConfig[]; readonly services: readonly string[] | undefined }
    | undefined;

  constructor(readonly machine: Machine, readonly spec: ResourceSpec) {
    this.name = spec.name;
    const instance = instanceOf(spec.name);
    this.units = [
      `drbd-services@${instance}.target`,
      `drbd-promote@${instance}.service`,
      ...spec.services.map(unitOf),
    ];
  }

  /** Notes how things are, for rules that look back. */
  lookBack(nowMs: number): void {
    this.history.look(this.resource, (node) => this.#isBetter(node), nowMs);
    if (this.isUp) this.history.upMs = nowMs;
  }

  /** A promoter that begins takes it for stopped: with the shell runner, wherever it is not Primary. */
  foundStopped(): void {
    this.isUnseen = this.spec.config.runner === "shell" && this.holders.length > 0 && !this.isPrimary;
  }

  /** Where nobody can look, all is taken to run where it is Primary: what does not stays so. */
  foundStarted(): void {
    const { config } = this.spec;
    if (config.runner !== "shell" || config.monitor !== undefined || this.runs) return;
    for (const service of this.#configuredServices() ?? []) this.ceased(service);
  }

  /** The configuration was read again: a stop that failed halfway is not gone on with where nobody can look. */
  reloaded(): void {
    const { config } = this.spec;
    if (config.runner !== "shell") return;
    const configured = this.#configuredServices() ?? [];
    if (config.monitor === undefined && !this.runs) {
      for (const service of configured) {
        this.ceased(service);
      }
    }
    // What its list does not name any more it does not stop.
    if (this.holders.some(({ service }) => !configured.includes(service.name))) this.isUnseen = true;
  }

  /** A service ended by itself. */
  ceased(service: string): void {
    this.#hurt.add(service);
  }

  /** A service that is configured now ended by itself, and does not run again. */
  get isHurt(): boolean {
    return this.#hurt.size > 0 && this.#configuredServices()?.some((name) => this.#hurt.has(name)) === true;
  }

  /** Those that run again are well, whoever started them; where nothing is left, all begins anew. */
  forgetHurt(): void {
    if (this.#hurt.size === 0) return;
    const { holders } = this;
    if (!this.isPrimary && holders.length === 0) return this.#hurt.clear();
    for (const { service, isReady, isFrozen } of holders) {
      if (isReady && !isFrozen) this.#hurt.delete(service.name);
    }
  }

  /** As the kernel has it. */
  get resource(): ResourceObject | undefined {
    return this.machine.world.model.resource(this.machine.name, this.name);
  }

  get isPrimary(): boolean {
    return this.resource?.is.role === "Primary";
  }

  get hasQuorum(): boolean {
    const { resource } = this;
    return resource !== undefined && hasQuorum(resource);
  }

  /** Those who have the device open for a service. */
  get holders(): readonly Holder[] {
    if (this.machine.holders.size === 0) return NOBODY;
    const holders: Holder[] = [];
    for (const holder of this.machine.holders) {
      if (holder.service.resource === this.name) holders.push(holder);
    }
    return holders;
  }

  /** All that is configured here runs, and nothing of it is frozen. */
  get runs(): boolean {
    const wanted = this.#configuredServices();
    if (wanted === undefined || !this.isPrimary) return false;
    const ready = this.holders.filter(({ isReady, isFrozen }) => isReady && !isFrozen);
    return wanted.every((service) => ready.some((holder) => holder.service.name === service));
  }

  /** What a write of its services would become now, at best. */
  get outcome(): WriteOutcome {
    const { name: node, world: { model } } = this.machine;
    const outcomes = this.spec.services.map(({ volume }) => model.writeOutcome(node, this.name, volume));
    if (outcomes.includes("written")) return "written";
    return outcomes.includes("suspended") ? "suspended" : "io-error";
  }

  /** drbdd is configured to look after it here. */
  get isManaged(): boolean {
    return this.#configuredServices() !== undefined;
  }

  /** DRBD keeps two nodes from being Primary, so drbdd looks after it. */
  get isProtected(): boolean {
    const { resource } = this;
    return resource !== undefined &&
      (resource.options.quorum !== "off" || resource.options.fencing !== "dont-care");
  }

  /** drbdd is there, sees what happens, and gets answers. */
  get isLookedAfter(): boolean {
    const { machine } = this;
    return machine.isPowered && machine.life?.isAlert === true && machine.systemdLatenessMs === 0 &&
      this.isManaged && this.isProtected && this.phase !== undefined && this.phase !== "unsure";
  }

  /** Something is wrong with its services here. */
  get isTroubled(): boolean {
    return this.spec.services.some(({ name }) => (this.machine.troubles.get(name)?.size ?? 0) > 0) ||
      this.holders.some((holder) => holder instanceof AppProcess && holder.isSlow);
  }

  /** Anything of it runs here, is about to, or is about to end. */
  get isUp(): boolean {
    if (this.isPrimary) return true;
    for (const holder of this.machine.holders) if (holder.service.resource === this.name) return true;
    for (const unit of this.#loaded()) if (unit.isUp || unit.job !== undefined) return true;
    return false;
  }

  /** systemd has given up on one of them. */
  get hasFailedUnit(): boolean {
    return this.#loaded().some(({ state }) => state === "failed");
  }

  /** DRBD tells here that it is Primary on a peer. */
  get hasPrimaryPeer(): boolean {
    return this.resource?.connections.some(({ is }) => is.peerRole === "Primary") === true;
  }

  /** preferred-nodes has it before this node. */
  #isBetter(node: string): boolean {
    const { preferredNodes } = this.spec.config;
    const placeOf = (name: string) =>
      preferredNodes.includes(name) ? preferredNodes.indexOf(name) : preferredNodes.length;
    return placeOf(node) < placeOf(this.machine.name);
  }

  #loaded(): readonly Unit[] {
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
      this.#configured = { by: promoters, services: servicesIn(promoters, this.spec) };
    }
    return this.#configured.services;
  }
}

function servicesIn(
  promoters: readonly PromoterConfig[],
  { name, services }: ResourceSpec,
): string[] | undefined {
  for (const { resources } of promoters) {
    for (const config of resources) {
      if (config.name !== name) continue;
      // The first command of a shell is the promotion.
      const count = config.runner === "systemd" ? config.start.length : config.start.length - 1;
      return services.slice(0, count).map((service) => service.name);
    }
  }
  return undefined;
}
