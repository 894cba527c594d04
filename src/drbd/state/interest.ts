/** Which resources have subscribers: lines of the others need not be parsed when they come. */
export interface Interest {
  /** Differs whenever answers may differ. */
  readonly version: number;
  /** Whether anybody subscribes to changes of the resource of this name. */
  wants(name: string): boolean;
}

export const EVERYTHING: Interest = { version: 0, wants: () => true };
