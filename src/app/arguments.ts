/** The command line of the daemon. */
import { parseArgs } from "@pkgjs/parseargs";

export const DEFAULT_CONFIG = "/etc/drbdd.toml";

export const USAGE = `Usage: drbdd [-c|--config PATH]

Reads the state of all DRBD resources of this node and runs the plugins of its configuration.

  -c, --config PATH  configuration file (default ${DEFAULT_CONFIG})
  -h, --help         print this and exit
  -V, --version      print the version and exit

Signals: SIGHUP reads the configuration again, SIGTERM and SIGINT stop the daemon, SIGUSR2 logs the configuration
that holds and a summary of the state. So does SIGUSR1, as of drbd-reactor; prefer SIGUSR2 (see drbdd(8)).

Exit codes: 0 after SIGTERM or SIGINT, 1 for a failure while running, 2 for wrong arguments or a configuration with
errors.
`;

/** The parsed command line. */
export type Request =
  | { readonly kind: "run"; readonly configPath: string }
  | { readonly kind: "help" }
  | { readonly kind: "version" }
  | { readonly kind: "wrong"; readonly message: string };

/** Reads the arguments after the program's name. */
export function readArguments(args: readonly string[]): Request {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        config: { type: "string", short: "c", default: DEFAULT_CONFIG },
        help: { type: "boolean", short: "h", default: false },
        version: { type: "boolean", short: "V", default: false },
        // drbd-reactor's unit files pass it; drbdd does not need it.
        "allow-tty": { type: "boolean", default: false },
      },
    });
    if (values.help) return { kind: "help" };
    if (values.version) return { kind: "version" };
    if (values.config === "") return { kind: "wrong", message: "--config needs the path of a file" };
    return { kind: "run", configPath: values.config };
  } catch (error) {
    if (isWrongUse(error)) return { kind: "wrong", message: error.message };
    throw error;
  }
}

/** By the codes of util.parseArgs, which the package keeps. */
function isWrongUse(error: unknown): error is Error {
  return error instanceof Error && "code" in error && String(error.code).startsWith("ERR_PARSE_ARGS_");
}
