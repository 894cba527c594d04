/** A finding of an explanation. */

/** `yes` speaks for running here, `no` against it, `fact` for neither; `unknown` could not be found out. */
export interface Finding {
  readonly sign: "yes" | "no" | "fact" | "unknown";
  readonly name: string;
  readonly text: string;
}
