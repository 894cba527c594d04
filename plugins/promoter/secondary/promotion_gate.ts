/** Delays a promotion by drbdd until the services that run where the resource is Secondary have stopped. */
import type { Effects } from "../../../src/effects/effects.ts";
import type { Logger } from "../../../src/logging/logging.ts";
import type { Done } from "../control/services.ts";

/** Services that must not run where the resource is Primary. */
export interface StoppableServices {
  /** Stops them. Undefined: they do not run. */
  stopForPromotion(): Promise<void> | undefined;
}

/**
 * Twice systemd's default stop timeout. After that the resource is promoted even so: services on a Primary matter more.
 */
const LONGEST_WAIT_MS = 180_000;

const GIVEN_UP: Done = { outcome: "nothingBegan", why: "it was given up" };

export class PromotionGate {
  static readonly #known = new WeakMap<Effects, PromotionGate>();

  /** The shared instance of these effects. */
  static of(effects: Effects): PromotionGate {
    const known = this.#known.get(effects) ?? new PromotionGate(effects);
    this.#known.set(effects, known);
    return known;
  }

  readonly #all = new Map<string, StoppableServices>();

  private constructor(readonly effects: Effects) {}

  /** Until `remove`, promotions of `resource` wait for `services`. */
  add(resource: string, services: StoppableServices): void {
    this.#all.set(resource, services);
  }

  remove(resource: string, services: StoppableServices): void {
    // After a reload a new instance may have registered already.
    if (this.#all.get(resource) === services) this.#all.delete(resource);
  }

  /**
   * Runs `start` once the services have stopped; immediately if there are none. A start that is no longer right by then
   * is given up.
   */
  async pass(
    resource: string,
    log: Logger,
    isRight: () => boolean,
    start: () => Promise<Done>,
  ): Promise<Done> {
    if (!isRight()) return GIVEN_UP;
    const stopped = this.#all.get(resource)?.stopForPromotion();
    if (stopped === undefined) return await start();
    await this.#passWithTimeout(resource, stopped, log);
    return isRight() ? await start() : GIVEN_UP;
  }

  async #passWithTimeout(resource: string, stopped: Promise<void>, log: Logger): Promise<void> {
    const { clock } = this.effects;
    const over = new AbortController();
    let isStopped = false;
    await Promise.race([
      stopped.then(() => isStopped = true),
      clock.sleep(LONGEST_WAIT_MS, over.signal),
    ]);
    over.abort();
    if (isStopped) return;
    log.error(
      "{resource}: its services for a Secondary did not stop within {seconds} s; promoting it while they still run",
      { resource, seconds: LONGEST_WAIT_MS / 1_000 },
    );
  }
}
