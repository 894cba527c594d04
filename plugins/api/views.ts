/** Resources as they are answered. What did not change since it was last asked for is the same view, with the same text. */
import type { Cluster } from "../../src/drbd/cluster.ts";
import type { Resource } from "../../src/drbd/model.ts";
import type { NodeIds } from "./node_ids.ts";
import { resourceToJson } from "./resource_json.ts";

/** One resource at one moment. */
export class View {
  #json: string | undefined;

  /** `version` is that of no other view. */
  constructor(readonly resource: Resource, readonly nodeId: number, readonly version: number) {}

  get name(): string {
    return this.resource.name;
  }

  /** One line of JSON, made when it is first asked for. */
  get json(): string {
    this.#json ??= resourceToJson(this.resource, this.nodeId);
    return this.#json;
  }
}

/** All resources at one moment, by name. Equal versions mean equal content. */
export interface AllViews {
  readonly version: number;
  readonly views: readonly View[];
}

export class Views {
  readonly #views = new WeakMap<Resource, View>();
  #versions = 0;
  #all: AllViews = { version: 0, views: [] };
  #seen: { cluster: Cluster; idVersion: number } | undefined;

  constructor(readonly cluster: () => Cluster, readonly nodeIds: Pick<NodeIds, "of" | "version">) {}

  all(): AllViews {
    const cluster = this.cluster();
    const idVersion = this.nodeIds.version;
    if (this.#seen?.cluster !== cluster || this.#seen.idVersion !== idVersion) {
      this.#all = {
        version: ++this.#versions,
        views: Array.from(cluster, (resource) => this.#viewOf(resource)),
      };
      this.#seen = { cluster, idVersion };
    }
    return this.#all;
  }

  get(name: string): View | undefined {
    const resource = this.cluster().get(name);
    return resource && this.#viewOf(resource);
  }

  #viewOf(resource: Resource): View {
    const nodeId = this.nodeIds.of(resource.name);
    const known = this.#views.get(resource);
    if (known?.nodeId === nodeId) return known;
    const view = new View(resource, nodeId, ++this.#versions);
    this.#views.set(resource, view);
    return view;
  }
}

/** What leads from one list of views to another: views that are new or another, and names that are gone. */
export function* changedViews(
  before: readonly View[],
  after: readonly View[],
): Generator<{ readonly view: View } | { readonly gone: string }> {
  let place = 0;
  for (const view of after) {
    let old = before[place];
    while (old !== undefined && old.name < view.name) {
      yield { gone: old.name };
      old = before[++place];
    }
    if (old?.name === view.name) place++;
    if (old !== view) yield { view };
  }
  for (const { name } of before.slice(place)) yield { gone: name };
}
