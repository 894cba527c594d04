/** The health of all resources of this node, from what DRBD says and what the promoter knows of their services. */
import type { Cluster } from "../../drbd/model/cluster.ts";
import type { Resource } from "../../drbd/model/model.ts";
import { isTooOld, tooOld } from "../../health/assess.ts";
import { HealthMemory } from "../../health/memory.ts";
import { observe } from "../../health/observe.ts";
import type { FailedStart, ObservedPromoter } from "../../health/observed.ts";
import { type Health, type Problem, rankOf } from "../../health/problem.ts";
import { isSyncing } from "../../health/resync.ts";
import type { Clock } from "../../effects/effects.ts";

/** DRBD's helper that it calls when it finds a split brain. */
export const SPLIT_BRAIN = "split-brain";

/** Resources that are assessed before others have their turn. */
const ASSESSED_AT_ONCE = 50;
/** After a split brain was found, the connection is given up within this. */
const GIVEN_UP_WITHIN_MS = 10_000;

/** The part of the daemon that the board reads. */
export interface BoardSources {
  readonly clock: Clock;
  cluster(): Cluster;
  resource(name: string): Resource | undefined;
  /** Why the state is not kept up to date; undefined while it is. */
  staleReason(): string | undefined;
  /** When drbdsetup was last asked for counters, on the clock that never jumps. */
  countersMs(): number;
}

/** Notified of what is known of resources besides the state of DRBD. */
export interface BoardListener {
  /** Something of it changed. */
  changed?(): void;
  promoter?(name: string, promoter: ObservedPromoter | undefined): void;
  splitBrain?(name: string, peerNodeId: number): void;
  module?(version: string): void;
}

export interface NamedHealth {
  readonly name: string;
  readonly health: Health;
}

interface Assessed {
  readonly resource: Resource | undefined;
  readonly inputs: string;
  readonly promoter: ObservedPromoter | undefined;
  readonly health: Health;
}

export class HealthBoard {
  readonly #memory = new HealthMemory();
  readonly #promoters = new Map<string, ObservedPromoter>();
  /** Starts that failed under an earlier daemon, until the promoter knows better. */
  readonly #earlierFailures = new Map<string, FailedStart>();
  /** When DRBD ran its helper, by resource and node id of the peer. */
  readonly #splitBrains = new Map<string, Map<number, number>>();
  readonly #assessed = new Map<string, Assessed>();
  /** Names of resources of which a resync or verify runs. */
  readonly #moving = new Set<string>();
  #module: { readonly version: string; readonly sinceMs: number } | undefined;
  #version = 0;
  /** Split brains from before the daemon started, by resource: node ids of peers. */
  readonly #earlierSplitBrains = new Map<string, readonly number[]>();
  /** Called when something changed that the next daemon needs: of promoters, or split brains. */
  onKnowledgeChanged: () => void = () => {};

  constructor(readonly sources: BoardSources, readonly listener: BoardListener = {}) {}

  /** What the promoters know of the resources that they manage, by resource. */
  get promoters(): ReadonlyMap<string, ObservedPromoter> {
    return this.#promoters;
  }

  /** The version of DRBD's kernel module; `0.0.0` if it is not loaded, undefined if unknown. */
  get moduleVersion(): string | undefined {
    return this.#module?.version;
  }

  /** Problems of this node as a whole, independent of its resources. */
  get nodeProblems(): readonly Problem[] {
    const found = this.#module;
    return found !== undefined && isTooOld(found.version)
      ? [{ ...tooOld(found.version), sinceMs: found.sinceMs }]
      : [];
  }

  /** The kernel module was checked. */
  setModule(version: string): void {
    if (version === this.moduleVersion) return;
    this.#module = { version, sinceMs: this.sources.clock.wallMs() };
    this.#version++;
    this.listener.module?.(version);
    this.listener.changed?.();
  }

  /** Node ids of peers that DRBD ran its helper for, by resource. */
  get splitBrains(): ReadonlyMap<string, readonly number[]> {
    return new Map(Array.from(this.#splitBrains, ([name, peers]) => [name, [...peers.keys()]]));
  }

  /** What the promoter knows of a resource now; undefined: no promoter manages it any more. */
  setPromoter(name: string, promoter: ObservedPromoter | undefined): void {
    const known = this.#withEarlierFailure(name, promoter);
    if (known === undefined) this.#promoters.delete(name);
    else this.#promoters.set(name, known);
    this.#version++;
    this.onKnowledgeChanged();
    this.listener.promoter?.(name, known);
    this.listener.changed?.();
  }

  /** Starts that failed under an earlier daemon, by resource: they hold until the services run here, or fail again. */
  restoreFailedStarts(failures: ReadonlyMap<string, FailedStart>): void {
    for (const [name, failure] of failures) {
      this.#earlierFailures.set(name, failure);
      const promoter = this.#promoters.get(name);
      if (promoter !== undefined) this.setPromoter(name, promoter);
    }
  }

  #withEarlierFailure(
    name: string,
    promoter: ObservedPromoter | undefined,
  ): ObservedPromoter | undefined {
    const earlier = this.#earlierFailures.get(name);
    if (earlier === undefined || promoter === undefined) return promoter;
    const hasRun = /^(started|freezing|frozen|thawing)$/.test(promoter.phase?.name ?? "");
    if (!hasRun && promoter.failedStart === undefined) return { ...promoter, failedStart: earlier };
    this.#earlierFailures.delete(name);
    return promoter;
  }

  /** What the promoter knows of a resource; undefined if none manages it. */
  promoterOf(name: string): ObservedPromoter | undefined {
    return this.#promoters.get(name);
  }

  /** DRBD called its helper `split-brain`. */
  splitBrain(name: string, peerNodeId: number): void {
    const peers = this.#splitBrains.get(name) ?? new Map();
    this.#splitBrains.set(name, peers.set(peerNodeId, this.sources.clock.nowMs()));
    this.#version++;
    this.onKnowledgeChanged();
    this.listener.splitBrain?.(name, peerNodeId);
    this.listener.changed?.();
  }

  /** What the next daemon has to know: `splitBrains`, and earlier ones that could not be assessed yet. */
  get keptSplitBrains(): ReadonlyMap<string, readonly number[]> {
    return new Map([...this.#earlierSplitBrains, ...this.splitBrains]);
  }

  /** What an earlier daemon knew of split brains: it holds where the connection still is StandAlone. */
  restoreSplitBrains(earlier: ReadonlyMap<string, readonly number[]>): void {
    for (const [name, peers] of earlier) this.#earlierSplitBrains.set(name, peers);
    this.#version++;
  }

  /** Another one when something other than the state of DRBD changed. */
  get version(): string {
    const { staleReason, countersMs } = this.sources;
    return `${this.#version} ${staleReason() ?? ""} ${this.isMoving ? countersMs() : ""}`;
  }

  /** Whether a resync or verify was under way when it was last looked. */
  get isMoving(): boolean {
    return this.#moving.size > 0;
  }

  /** Of one resource; undefined if neither DRBD nor a promoter has it. */
  of(name: string): Health | undefined {
    return this.#assess(name, this.sources.resource(name));
  }

  /** Of a resource as it was just read. */
  ofResource(resource: Resource): Health {
    return this.#assess(resource.name, resource) ?? { severity: "ok", problems: [] };
  }

  /** Of all that DRBD or a promoter has, the worst first; equals by name. */
  all(): NamedHealth[] {
    const cluster = this.sources.cluster();
    const names = new Set([...Array.from(cluster, ({ name }) => name), ...this.#promoters.keys()]);
    for (const name of this.#assessed.keys()) {
      if (names.has(name)) continue;
      this.#assessed.delete(name);
      this.#moving.delete(name);
      this.#memory.forget(name);
      this.#splitBrains.delete(name);
    }
    const all = [...names].flatMap((name) => {
      const health = this.#assess(name, cluster.get(name));
      return health === undefined ? [] : [{ name, health }];
    });
    return all.sort((a, b) =>
      rankOf(b.health.severity) - rankOf(a.health.severity) || (a.name < b.name ? -1 : 1)
    );
  }

  /** Assesses what changed, so that `all` has little to do; yields in between. */
  async assessInTurns(): Promise<void> {
    const names = Array.from(this.sources.cluster(), ({ name }) => name);
    for (const [place, name] of names.entries()) {
      this.of(name);
      if (place % ASSESSED_AT_ONCE === ASSESSED_AT_ONCE - 1) await this.sources.clock.nextTurn();
    }
  }

  #assess(name: string, resource: Resource | undefined): Health | undefined {
    const promoter = this.#promoters.get(name);
    if (resource === undefined && promoter === undefined) return undefined;
    const { clock, staleReason, countersMs } = this.sources;
    const stale = staleReason();
    const peers = this.#splitBrainPeers(name, resource);
    const isMoving = resource?.peerDevices.some(isSyncing) === true;
    if (isMoving) this.#moving.add(name);
    else this.#moving.delete(name);
    const inputs = `${this.moduleVersion ?? ""} ${stale ?? ""} ${peers.join(",")} ${
      isMoving ? `${countersMs()} syncing` : ""
    }`;
    const known = this.#assessed.get(name);
    if (known?.resource === resource && known?.promoter === promoter && known?.inputs === inputs) {
      return known.health;
    }
    const health = this.#memory.assess({
      name,
      resource: resource && observe(resource),
      splitBrainPeers: peers,
      moduleVersion: this.moduleVersion,
      promoter,
      ...(stale === undefined ? {} : resource === undefined ? { unknown: stale } : { stale }),
    }, { wallMs: clock.wallMs(), countersMs: countersMs() });
    this.#assessed.set(name, { resource, promoter, inputs, health });
    return health;
  }

  /** With a peer that is connected again it is over. In some versions the helper runs before the connection is given up. */
  #splitBrainPeers(name: string, resource: Resource | undefined): number[] {
    const earlier = resource && this.#earlierSplitBrains.get(name);
    if (earlier !== undefined) {
      this.#earlierSplitBrains.delete(name);
      this.onKnowledgeChanged();
      for (const { peerNodeId, connectionState } of resource?.connections ?? []) {
        if (connectionState === "StandAlone" && earlier.includes(peerNodeId)) {
          this.splitBrain(name, peerNodeId);
        }
      }
    }
    const peers = this.#splitBrains.get(name);
    if (peers === undefined) return [];
    for (const { peerNodeId, connectionState } of resource?.connections ?? []) {
      const sinceMs = this.sources.clock.nowMs() - (peers.get(peerNodeId) ?? 0);
      if (connectionState === "Connected" && sinceMs > GIVEN_UP_WITHIN_MS) peers.delete(peerNodeId);
    }
    if (peers.size === 0) {
      this.#splitBrains.delete(name);
      this.onKnowledgeChanged();
    }
    return [...peers.keys()];
  }
}
