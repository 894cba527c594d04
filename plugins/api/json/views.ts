/**
 * Resources in the form of answers. A resource without changes since the last request is the same view, with the same text.
 *
 * Followers remember a version, not the content they received, so that a thousand stalled clients keep nothing alive.
 */
import type { Cluster } from "../../../src/drbd/model/cluster.ts";
import type { Resource } from "../../../src/drbd/model/model.ts";
import { placeOf } from "../../../src/drbd/state/kinds/order.ts";
import type { ObservedPromoter } from "../../../src/health/observed.ts";
import type { Health } from "../../../src/health/problem.ts";
import type { HealthBoard } from "../../../src/daemon/status/health_board.ts";
import type { PluginContext } from "../../../src/daemon/plugins/plugin.ts";
import type { NodeIds } from "./node_ids.ts";
import { resourceToJson } from "./resource_json.ts";

/** How many removed resources are remembered. Followers that are further behind get a full snapshot. */
const MOST_GONE = 10_000;

/** One resource at one moment. */
export class View {
  #json: string | undefined;

  /** `version` is unique and increasing. */
  constructor(
    readonly resource: Resource,
    readonly nodeId: number,
    readonly health: Health,
    readonly promoter: ObservedPromoter | undefined,
    readonly version: number,
  ) {}

  get name(): string {
    return this.resource.name;
  }

  /** One line of JSON, made when it is first asked for. */
  get json(): string {
    this.#json ??= resourceToJson(this.resource, this.nodeId, this.health, this.promoter);
    return this.#json;
  }
}

/** All resources at one moment, by name. Equal versions mean equal content. */
export interface AllViews {
  readonly version: number;
  readonly views: readonly View[];
}

/** A change for a follower. */
export type Change = { readonly view: View } | { readonly gone: string };

export class Views {
  readonly #views = new WeakMap<Resource, View>();
  #versions = 0;
  #all: AllViews = { version: 0, views: [] };
  #seen: { cluster: Cluster; idVersion: number; healthVersion: string } | undefined;
  /** Names of removed resources with the version of the removal, in order. */
  readonly #gone = new Map<string, number>();
  /** For earlier versions, removals are no longer known. */
  #goneSince = 0;

  constructor(
    readonly state: Pick<PluginContext, "cluster" | "resource">,
    readonly nodeIds: Pick<NodeIds, "of" | "version">,
    readonly health: Pick<HealthBoard, "ofResource" | "promoterOf" | "version">,
  ) {}

  all(): AllViews {
    const cluster = this.state.cluster();
    const idVersion = this.nodeIds.version;
    const healthVersion = this.health.version;
    const seen = this.#seen;
    if (seen?.cluster !== cluster || seen.idVersion !== idVersion || seen.healthVersion !== healthVersion) {
      this.#seen = { cluster, idVersion, healthVersion };
      const views = Array.from(cluster, (resource) => this.#viewOf(resource));
      const version = ++this.#versions;
      this.#noteGone(cluster, version);
      this.#all = { version, views };
    }
    return this.#all;
  }

  get(name: string): View | undefined {
    const resource = this.state.resource(name);
    return resource && this.#viewOf(resource);
  }

  /** Whether removals since a version are known. */
  remembers(version: number): boolean {
    return version >= this.#goneSince;
  }

  /**
   * Changes since a version; since 0, all resources. A slow reader gets each resource in its state at that time. The version
   * to continue from is that of `all` when this begins.
   */
  *changes(version: number): Generator<Change> {
    let view = this.all().views[0];
    if (version > 0) yield* this.#goneSinceThen(version);
    while (view !== undefined) {
      if (view.version > version) yield { view };
      view = this.#after(view.name);
    }
  }

  *#goneSinceThen(version: number): Generator<Change> {
    for (const [name, goneAt] of this.#gone) {
      if (goneAt > version) yield { gone: name };
    }
  }

  /** The next resource by name. */
  #after(name: string): View | undefined {
    const { views } = this.all();
    const place = placeOf(views, name, (view, other) => view.name === other ? 0 : view.name < other ? -1 : 1);
    return views[place >= 0 ? place + 1 : -1 - place];
  }

  #noteGone(cluster: Cluster, version: number): void {
    for (const { name } of this.#all.views) {
      if (!cluster.has(name)) this.#gone.set(name, version);
    }
    for (const [name, goneAt] of this.#gone) {
      if (cluster.has(name)) this.#gone.delete(name);
      else if (this.#gone.size > MOST_GONE) {
        this.#gone.delete(name);
        this.#goneSince = goneAt;
      }
    }
  }

  #viewOf(resource: Resource): View {
    const nodeId = this.nodeIds.of(resource.name);
    const health = this.health.ofResource(resource);
    const promoter = this.health.promoterOf(resource.name);
    const known = this.#views.get(resource);
    if (known?.nodeId === nodeId && known.health === health && known.promoter === promoter) return known;
    const view = new View(resource, nodeId, health, promoter, ++this.#versions);
    this.#views.set(resource, view);
    return view;
  }
}
