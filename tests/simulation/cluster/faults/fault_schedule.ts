/**
 * What happens to a simulated cluster, drawn from its seed: storms, in which things break one after the other, and calm
 * after each, in which some of it is whole again and some is not.
 */
import type { Random } from "../../model/random.ts";
import { pickWeighted } from "../setup/draw_cluster.ts";
import type { SimulatedCluster } from "../simulated_cluster.ts";

/** Something that can go wrong. */
export interface Fault {
  readonly weight: number;
  /** Makes it happen; undefined: it could not. What it returns undoes it. */
  readonly inject: (cluster: SimulatedCluster) => ActiveFault | undefined;
}

export function weighted(
  ...faults: readonly (readonly [weight: number, inject: Fault["inject"]])[]
): Fault[] {
  return faults.map(([weight, inject]) => ({ weight, inject }));
}

export interface ActiveFault {
  readonly text: string;
  /** Absent: there is nothing to undo. */
  readonly undo?: () => void;
  /** How long it lasts if it is undone by itself; absent: until the calm. */
  readonly lastsMs?: number;
  /** The resource that it is about; absent: all. */
  readonly resource?: string;
  readonly node?: string;
}

const FIRST_CALM_MS = [10_000, 40_000] as const;
const STORM_MS = [5_000, 80_000] as const;
const CALM_MS = [60_000, 200_000] as const;
const PAUSES_MS: readonly (readonly [number, number])[] = [[100, 1_500], [500, 8_000], [2_000, 20_000]];
/** The share of what is still broken at the end of a storm that is repaired. */
const REPAIRED = 0.65;

/** Something goes wrong while a promoter is in the middle of something else, with this probability. */
const AIMED = 0.2;
const AIMED_AFTER_MS = [1, 2_500] as const;

export class FaultSchedule {
  readonly #lasting = new Set<ActiveFault>();
  #isStorm = false;

  constructor(
    readonly cluster: SimulatedCluster,
    readonly random: Random,
    readonly faults: readonly Fault[],
  ) {}

  begin(): void {
    this.#after(this.random.within(FIRST_CALM_MS), () => this.#storm());
  }

  /** A promoter has begun something. */
  actionStarted(): void {
    if (this.#isStorm && this.random.chance(AIMED)) {
      this.#after(this.random.within(AIMED_AFTER_MS), () => this.#inject());
    }
  }

  #storm(): void {
    this.#isStorm = true;
    const endMs = this.cluster.nowMs + this.random.within(STORM_MS);
    const pause = this.random.pick(PAUSES_MS);
    const next = () => {
      if (this.cluster.nowMs >= endMs) return this.#calm();
      this.#inject();
      this.#after(this.random.within(pause), next);
    };
    next();
  }

  #calm(): void {
    this.#isStorm = false;
    for (const damage of [...this.#lasting]) if (this.random.chance(REPAIRED)) this.#undo(damage);
    this.#after(this.random.within(CALM_MS), () => this.#storm());
  }

  #inject(): void {
    const damage = pickWeighted(this.random, this.faults).inject(this.cluster);
    if (damage === undefined) return;
    this.#log(damage, damage.text);
    if (damage.undo === undefined) return;
    this.#lasting.add(damage);
    if (damage.lastsMs !== undefined) this.#after(damage.lastsMs, () => this.#undo(damage));
  }

  #undo(damage: ActiveFault): void {
    if (!this.#lasting.delete(damage)) return;
    this.#log(damage, `over: ${damage.text}`);
    damage.undo?.();
  }

  #log({ node = "", resource }: ActiveFault, text: string): void {
    this.cluster.happened(node, text, resource);
  }

  #after(delayMs: number, then: () => void): void {
    this.cluster.clock.setTimer(delayMs, then);
  }
}
