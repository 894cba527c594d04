/** Lets all promises have their turn. */
import { setImmediate } from "node:timers";

/** Before Deno 2.5 a setImmediate takes a millisecond, which is most of a simulation; a message does not. */
const IS_SLOW = /^2\.[0-4]\./.test(Deno.version.deno);

export class Macrotasks {
  readonly #channel = IS_SLOW ? new MessageChannel() : undefined;
  #over: () => void = () => {};

  constructor() {
    if (this.#channel !== undefined) this.#channel.port1.onmessage = () => this.#over();
  }

  /** Fulfilled when nothing that waits for promises only can go on. One at a time. */
  next(): Promise<void> {
    return new Promise((resolve) => {
      this.#over = resolve;
      if (this.#channel === undefined) setImmediate(resolve);
      else this.#channel.port2.postMessage(undefined);
    });
  }

  close(): void {
    this.#channel?.port1.close();
    this.#channel?.port2.close();
  }
}
