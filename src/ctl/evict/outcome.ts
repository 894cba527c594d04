/** What became of a resource that was to be evicted: for the exit code, and `evict --json`. */
import { type Ctl, EXIT } from "../cli/ctl.ts";

export type Result =
  /** A peer has taken over, the named one if one was named. */
  | "moved"
  /** It was not Primary here: there was nothing to do. */
  | "elsewhere"
  /** Nothing was done. */
  | "refused"
  /** Its services were stopped here, or that was tried, and no peer, or the wrong one, has taken over; or DRBD's state was unknown. */
  | "failed"
  /** With --unmask: it may start here again. */
  | "unmasked";

export interface Outcome {
  readonly name: string;
  readonly result: Result;
  /** Where it is Primary, as far as known. */
  readonly primaryOn?: string | undefined;
  /** Between the beginning of the eviction and its end. */
  readonly seconds?: number | undefined;
  /** Whether it was given back: its target is not masked by the eviction any more. */
  readonly isMasked?: boolean;
  readonly problem?: string | undefined;
  readonly next?: string | undefined;
}

/** The exit code of all. */
export function codeOf(outcomes: readonly Outcome[]): number {
  return outcomes.every(({ problem }) => problem === undefined) ? EXIT.ok : EXIT.failure;
}

/** As example/drbddctl.schema.json has it. */
export function outcomesJson(outcomes: readonly Outcome[], { effects }: Pick<Ctl, "effects">): unknown {
  return {
    node: effects.nodeName(),
    resources: outcomes.map(({ name, result, primaryOn, seconds, isMasked = false, problem, next }) => ({
      name,
      result,
      primaryOn: primaryOn ?? null,
      seconds: seconds ?? null,
      isMasked,
      problem: problem ?? null,
      next: next ?? null,
    })),
  };
}
