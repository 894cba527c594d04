/** Whose changes anybody wants to be told: what nobody wants need not be worked out when it comes. */
export interface Interest {
  /** Another number whenever the answers may be different. */
  readonly version: number;
  /** Whether somebody wants to be told of changes of the resource of this name. */
  wants(name: string): boolean;
}

export const EVERYTHING: Interest = { version: 0, wants: () => true };
