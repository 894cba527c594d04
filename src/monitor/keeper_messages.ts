/** What the deciding thread and the keeper of the monitor thread send each other. */

export type ToKeeper =
  /** Starts a thread, which is given `port`. */
  | {
    readonly kind: "start";
    readonly id: number;
    readonly url: string;
    readonly permissions: Deno.PermissionOptionsObject;
    readonly port: MessagePort;
  }
  /** Ends it at once. */
  | { readonly kind: "end"; readonly id: number };

/** A thread has died, or could not be started; why, in words. */
export interface FromKeeper {
  readonly id: number;
  readonly reason: string;
}
