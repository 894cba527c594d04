/** What a command works with. */
import type { KnownPlugins } from "../../app/app.ts";
import type { Effects } from "../../effects/effects.ts";
import type { MakeFile } from "../../effects/growing_file.ts";
import type { Terminal } from "../../effects/terminal.ts";
import type { Output } from "../screen/output.ts";

export interface Ctl {
  /** The name it was called by: `PROGRAM`, or that of drbd-reactor's program. */
  readonly program: string;
  /** Programs, files, time, the node's name. */
  readonly effects: Effects;
  /** Questions, keys, editors, Ctrl-C. */
  readonly terminal: Terminal;
  /** Standard output: what was asked for. */
  readonly out: Output;
  /** Standard error: what was done, what is wrong, progress. */
  readonly err: Output;
  /**
   * Path of the main file, as `--config` names it, or as the daemon of this node is started with it. That takes a program,
   * which runs when it is asked for the first time.
   */
  readonly mainFile: () => Promise<string>;
  /** The main file, as `--config` names it, or the usual one of drbdd whatever the daemon reads: for what makes it. */
  readonly ownConfigPath: string;
  /** The cluster context, as `--context` names it; "none" where the command is for this node alone. */
  readonly context: string;
  readonly known: KnownPlugins;
  /** Width of the terminal that shows standard output; undefined if it is none. */
  readonly columns: number | undefined;
  /** Makes files that grow. */
  readonly makeFile: MakeFile;
}

/** The name of the program. */
export const PROGRAM = "drbddctl";

/** The cluster context that is used if none is named and its file exists. */
export const DEFAULT_CONTEXT = "default";

/** Exit codes; docs/man/drbddctl.8.md has them as well. */
export const EXIT = {
  ok: 0,
  /** Something could not be done, or is not as it should be. */
  failure: 1,
  /** Wrong arguments, or a configuration with errors. */
  usage: 2,
  /** Of `status`: something runs with less safety than intended. */
  degraded: 3,
  /** Of `status`: a resource or a service is down. */
  down: 4,
  /** Of `status`: it is not known whether something is down. */
  unknown: 5,
  /** Ended by Ctrl-C: 128 + SIGINT, as shells say it. */
  interrupted: 130,
} as const;

/** Something cannot be done. `remedy` is what to do next, as a command or in words; it is shown on a line of its own. */
export class CtlError extends Error {
  readonly remedy: string | undefined;
  readonly exitCode: number;

  constructor(
    message: string,
    { remedy, exitCode = EXIT.failure, cause }: { remedy?: string; exitCode?: number; cause?: unknown } = {},
  ) {
    super(message, cause === undefined ? {} : { cause });
    this.name = "CtlError";
    this.remedy = remedy;
    this.exitCode = exitCode;
  }
}
