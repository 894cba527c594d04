/**
 * Parses short command lines of frequent commands without the parser of all commands, whose loading takes longer than most
 * of them run. Anything else is left to that parser; both give the same result.
 */
import type { Invocation } from "../cli/command.ts";
import type { GlobalOptions } from "../cli/command_line.ts";
import { type Extent, isConfirmed } from "../cli/confirm_all.ts";
import { type Ctl, DEFAULT_CONTEXT, EXIT } from "../cli/ctl.ts";
import type { ExplainRequest } from "../explain/show_explanation.ts";
import type { Eviction } from "../evict/eviction.ts";
import type { Reload } from "../files/reload.ts";
import type { StatusRequest } from "../status/show_status.ts";

/** Shared by the definition of a command and its short form. */
export interface ShortCommand<Args> {
  readonly name: string;
  readonly isForCluster: boolean;
  readonly changesNothing: boolean;
  readonly run: (args: Args, ctl: Ctl) => Promise<number>;
}

export const STATUS: ShortCommand<StatusRequest> = {
  name: "status",
  isForCluster: true,
  changesNothing: true,
  run: async (request, ctl) => await (await import("../status/show_status.ts")).showStatus(request, ctl),
};

export const EXPLAIN: ShortCommand<ExplainRequest> = {
  name: "explain",
  isForCluster: true,
  changesNothing: true,
  run: async (request, ctl) => (await import("../explain/show_explanation.ts")).showExplanation(request, ctl),
};

export const EVICT: ShortCommand<Eviction & Extent> = {
  name: "evict",
  isForCluster: false,
  changesNothing: false,
  run: async (request, ctl) => {
    const question = "Evict everything that runs on this node?";
    const remedy = "drbddctl evict FILE, or drbddctl evict --all";
    // Unmasking is harmless.
    if (!request.unmask && !await isConfirmed(request, question, remedy, ctl)) return EXIT.ok;
    return await (await import("../evict/evict.ts")).evict(request, ctl);
  },
};
/** How long an eviction waits for a peer. */
export const EVICTION_DELAY_S = 20;

export const RELOAD: ShortCommand<Reload> = {
  name: "reload",
  isForCluster: true,
  changesNothing: false,
  run: async (request, ctl) => await (await import("../files/reload.ts")).reload(request, ctl),
};

/** A parsed command line. */
export interface ShortLine {
  readonly invocation: Invocation;
  readonly options: GlobalOptions;
}

const DEFAULTS: GlobalOptions = {
  config: undefined,
  context: DEFAULT_CONTEXT,
  nodes: [],
  color: "auto",
  isLocal: false,
  symbols: undefined,
  columns: undefined,
};

/** Undefined: left to the parser of all commands. */
export function readShortLine(args: readonly string[]): ShortLine | undefined {
  const hasConfig = args[0] === "--config" || args[0] === "-c";
  const [config, rest] = hasConfig ? [args[1], args.slice(2)] : [undefined, args];
  if (hasConfig && !isWord(config)) return undefined;
  const invocation = invocationOf(rest);
  return invocation && { invocation, options: { ...DEFAULTS, config } };
}

function invocationOf([name = STATUS.name, ...rest]: readonly string[]): Invocation | undefined {
  const flags = rest.filter((word) => word.startsWith("-"));
  const words = rest.filter((word) => !word.startsWith("-"));
  if (!words.every(isWord)) return undefined;
  switch (name) {
    case STATUS.name:
      if (flags.some((flag) => flag !== "--json") || flags.length > 1) return undefined;
      return bound(STATUS, { resources: [], isVerbose: false, isJson: flags.length > 0, files: words });
    case EXPLAIN.name: {
      const [resource, ...more] = words;
      if (resource === undefined || more.length > 0 || flags.length > 0) return undefined;
      return bound(EXPLAIN, { name: resource, isJson: false, isVerbose: false });
    }
    case EVICT.name:
      if (flags.length > 0) return undefined;
      return bound(EVICT, {
        delayS: EVICTION_DELAY_S,
        isForced: false,
        keepMasked: false,
        unmask: false,
        to: undefined,
        isJson: false,
        isAll: false,
        files: words,
      });
    case RELOAD.name:
      if (words.length > 0 || flags.some((flag) => flag !== "--wait") || flags.length > 1) return undefined;
      return bound(RELOAD, { isWaiting: flags.length > 0 });
    default:
      return undefined;
  }
}

/** Not an option. */
function isWord(text: string | undefined): boolean {
  return text !== undefined && /^[A-Za-z0-9/][^=]*$/.test(text);
}

function bound<Args>({ run, ...quick }: ShortCommand<Args>, args: Args): Invocation {
  return { ...quick, args, run: (ctl) => run(args, ctl) };
}
