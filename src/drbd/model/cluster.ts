/** All resources of this node at one moment, as an immutable map in the order of their names. */
import type { Resource } from "./model.ts";

export class Cluster implements Iterable<Resource> {
  static readonly EMPTY = new Cluster([]);

  readonly #resources: readonly Resource[];
  #byName: ReadonlyMap<string, Resource> | undefined;

  private constructor(sorted: readonly Resource[]) {
    this.#resources = sorted;
  }

  static of(resources: Iterable<Resource>): Cluster {
    return new Cluster([...resources].sort((a, b) => a.name < b.name ? -1 : 1));
  }

  get size(): number {
    return this.#resources.length;
  }

  get(name: string): Resource | undefined {
    this.#byName ??= new Map(this.#resources.map((resource) => [resource.name, resource]));
    return this.#byName.get(name);
  }

  has(name: string): boolean {
    return this.get(name) !== undefined;
  }

  [Symbol.iterator](): Iterator<Resource> {
    return this.#resources[Symbol.iterator]();
  }
}
