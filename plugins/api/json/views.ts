/**
 * Resources as they are answered. What did not change since it was last asked for is the same view, with the same text.
 *
 * Those who follow the resources remember a version, not what they were told: a thousand clients that do not read keep
 * nothing alive.
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

/** Names of gone resources that are remembered. Whoever is further behind is told everything anew. */
const MOST_GONE = 10_000;

/** One resource at one moment. */
export class View {
  #json: string | undefined;

  /** `version` is that of no other view, and higher than that of all before. */
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

/** What a follower is to be told. */
export type Change = { readonly view: View } | { readonly gone: string };

export class Views {
  readonly #views = new WeakMap<Resource, View>();
  #versions = 0;
  #all: AllViews = { version: 0, views: [] };
  #seen: { cluster: Cluster; idVersion: number; healthVersion: string } | undefined;
  /** Names of resources that are gone, with the version since when; in the order in which they went. */
  readonly #gone = new Map<string, number>();
  /** Of earlier versions it is not known any more what is gone since. */
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

  /** Whether it is known what went since a version. */
  remembers(version: number): boolean {
    return version >= this.#goneSince;
  }

  /**
   * What changed since a version; since 0, all there is. Who takes it slowly gets each part as it is by then. The
   * version to go on from is the one that `all` has when this begins.
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

  /** The resource that comes next by name now. */
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
