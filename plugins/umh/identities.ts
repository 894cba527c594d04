/** Names of resources change; what waits for the events of one goes on waiting under its new name. */
export class Identities {
  readonly #keys = new Map<string, string>();
  #fresh = 0;

  /** Tells the resource that has this name now from all others, whatever it was called before. */
  keyOf(name: string): string {
    return this.#keys.get(name) ?? name;
  }

  renamed(name: string, newName: string): void {
    this.#keys.set(newName, this.keyOf(name));
    // Whoever gets the old name next is somebody else. Names have no spaces.
    this.#keys.set(name, `${name} ${++this.#fresh}`);
  }
}
