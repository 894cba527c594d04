/** What a replay shows, in order. Times are milliseconds since 1970. */
import type { Unplaced } from "../../drbd/model/update.ts";

export type Scene =
  /** A resource that is there when the recording begins, with all that belongs to it. */
  | { readonly kind: "present"; readonly atMs: number; readonly resource: string; readonly text: string }
  | { readonly kind: "update"; readonly atMs: number; readonly update: Unplaced }
  /** What the promoter would have decided, and why. */
  | { readonly kind: "decision"; readonly atMs: number; readonly resource: string; readonly text: string }
  /** What is taken to have come of a decision, and by what in the recording. */
  | { readonly kind: "outcome"; readonly atMs: number; readonly resource: string; readonly text: string }
  /** Of the recording itself: drbdsetup began or ended, a line cannot be used. */
  | { readonly kind: "note"; readonly atMs: number; readonly text: string };

export type Tell = (scene: Scene) => void;
