/** The context of a command. */
import type { KnownPlugins } from "../../app/app.ts";
import type { Effects } from "../../effects/effects.ts";
import type { MakeFile } from "../../effects/growing_file.ts";
import type { Terminal } from "../../effects/terminal.ts";
import type { Output } from "../screen/output.ts";

export interface Ctl {
  /** The name it was called by: `PROGRAM`, or drbd-reactorctl. */
  readonly program: string;
  /** Programs, files, time, the node's name. */
  readonly effects: Effects;
  /** Questions, keys, editors, Ctrl-C. */
  readonly terminal: Terminal;
  /** Standard output: results. */
  readonly out: Output;
  /** Standard error: actions, errors, progress. */
  readonly err: Output;
  /** Path of the main file: `--config`, or that of this node's daemon, for which the first call runs systemctl. */
  readonly mainFile: () => Promise<string>;
  /** The main file to create: `--config`, or the default path, whatever the daemon reads. */
  readonly ownConfigPath: string;
  /** The cluster context, from `--context`; "none" if the command runs on this node alone. */
  readonly context: string;
  readonly known: KnownPlugins;
  /** Width of the terminal of standard output; undefined without a terminal. */
  readonly columns: number | undefined;
  /** Creates files to append to. */
  readonly makeFile: MakeFile;
}

/** The name of the program. */
export const PROGRAM = "drbddctl";

/** The unit of the daemon. */
export const DAEMON_UNIT = "drbdd.service";

/** The cluster context that is used if none is named and its file exists. */
export const DEFAULT_CONTEXT = "default";

/** Exit codes; docs/man/drbddctl.8.md has them as well. */
export const EXIT = {
  ok: 0,
  /** An action failed, or a problem was found. */
  failure: 1,
  /** Wrong arguments, or a configuration with errors. */
  usage: 2,
  /** `status`: something is degraded. */
  degraded: 3,
  /** `status`: a resource or service is down. */
  down: 4,
  /** `status`: it is unknown whether something is down. */
  unknown: 5,
  /** Interrupted by Ctrl-C: 128 + SIGINT, as in shells. */
  interrupted: 130,
} as const;

/** A command failed. `remedy` is what to do next, as a command or in words, printed on its own line. */
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
