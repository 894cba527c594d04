/** What holds devices of a node open. */
import type { Holder } from "./app_process.ts";

/** Remembers whose they are: rules ask for that at every look, and it changes rarely. */
export class Holders extends Set<Holder> {
  readonly #byResource = new Map<string, readonly Holder[]>();

  /** Those of the services of one resource, in the order they came; a list that was given out stays as it is. */
  of(resource: string): readonly Holder[] {
    let holders = this.#byResource.get(resource);
    if (holders === undefined) {
      holders = [...this].filter(({ service }) => service.resource === resource);
      this.#byResource.set(resource, holders);
    }
    return holders;
  }

  override add(holder: Holder): this {
    this.#byResource.clear();
    return super.add(holder);
  }

  override delete(holder: Holder): boolean {
    this.#byResource.clear();
    return super.delete(holder);
  }

  override clear(): void {
    this.#byResource.clear();
    super.clear();
  }
}
