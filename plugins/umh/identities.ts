/** Stable identities of resources: what is queued for one stays queued for it after a rename. */
export class Identities {
  readonly #keys = new Map<string, string>();
  #fresh = 0;

  /** An identity of the resource that has this name now, whatever its name was before. */
  keyOf(name: string): string {
    return this.#keys.get(name) ?? name;
  }

  renamed(name: string, newName: string): void {
    this.#keys.set(newName, this.keyOf(name));
    // The next resource with the old name is another one. Names have no spaces.
    this.#keys.set(name, `${name} ${++this.#fresh}`);
  }
}
