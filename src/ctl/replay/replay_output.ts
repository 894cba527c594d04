/** The output of a replay, in order. Times are milliseconds since 1970. */
import type { Unplaced } from "../../drbd/model/update.ts";

export type ReplayOutput =
  /** A resource that exists at the beginning, with its parts. */
  | { readonly kind: "present"; readonly atMs: number; readonly resource: string; readonly text: string }
  | { readonly kind: "update"; readonly atMs: number; readonly update: Unplaced }
  /** A decision that the promoter would have made, with its reason. */
  | { readonly kind: "decision"; readonly atMs: number; readonly resource: string; readonly text: string }
  /** The assumed outcome of a decision, with its evidence in the recording. */
  | { readonly kind: "outcome"; readonly atMs: number; readonly resource: string; readonly text: string }
  /** About the recording: drbdsetup started or ended, a line cannot be parsed. */
  | { readonly kind: "note"; readonly atMs: number; readonly text: string };

export type Emit = (output: ReplayOutput) => void;
