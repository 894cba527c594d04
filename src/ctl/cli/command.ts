/** A command of drbddctl. */
import { object } from "@optique/core/constructs";
import { lineBreak, type Message, text } from "@optique/core/message";
import { map } from "@optique/core/modifiers";
import type { Mode, Parser } from "@optique/core/parser";
import { command } from "@optique/core/primitives";
import type { Ctl } from "./ctl.ts";
import type { Hints } from "./hints.ts";

/** Sections of `drbddctl --help`. */
export const GROUPS = ["Services", "Configuration", "Inspection", "Others"] as const;
export type Group = typeof GROUPS[number];

export interface CommandSpec<Args> {
  readonly name: string;
  readonly group: Group;
  /** For the list of commands: one line without a full stop. */
  readonly brief: string;
  /** For its own help: one paragraph. */
  readonly description: string;
  /** Command lines, each with its effect. */
  readonly examples?: readonly (readonly [commandLine: string, what: string])[];
  /** In a cluster context it runs on all nodes; otherwise only here. */
  readonly isForCluster: boolean;
  /** In a cluster context it runs on the nodes that answer; other commands require all nodes to answer. Default: false. */
  readonly changesNothing?: boolean;
  /**
   * Asks for confirmation here before it runs on these nodes, where there is no terminal. Returns arguments to add, or
   * "nothing" if the command is not to run.
   */
  beforeCluster?(args: Args, ctl: Ctl, nodes: readonly string[]): Promise<readonly string[] | "nothing">;
  /** Options and arguments. `hints` knows files and resources, for completion. */
  args(hints: Hints): Parser<Mode, Args, unknown>;
  /** Returns the exit code. Throws `CtlError`, or an error of the effects, if it fails. */
  run(args: Args, ctl: Ctl): Promise<number>;
}

/** A parsed command line. */
export interface Invocation {
  readonly name: string;
  /** The values of its options and arguments. */
  readonly args: unknown;
  readonly isForCluster: boolean;
  readonly changesNothing: boolean;
  beforeCluster?(ctl: Ctl, nodes: readonly string[]): Promise<readonly string[] | "nothing">;
  run(ctl: Ctl): Promise<number>;
}

export type CommandParser = Parser<Mode, { readonly invocation: Invocation }, unknown>;

export interface Command {
  readonly name: string;
  readonly group: Group;
  parser(hints: Hints): CommandParser;
}

export function defineCommand<Args>(spec: CommandSpec<Args>): Command {
  const { name, group, brief, description, isForCluster, changesNothing = false } = spec;
  return {
    name,
    group,
    parser: (hints) => {
      const args = spec.args(hints);
      const { beforeCluster } = spec;
      const invocation = (given: Args): Invocation => ({
        name,
        args: given,
        isForCluster,
        changesNothing,
        ...(beforeCluster === undefined ? {} : {
          beforeCluster: (ctl, nodes) => beforeCluster(given, ctl, nodes),
        }),
        run: (ctl) => spec.run(given, ctl),
      });
      return command(name, map(args, (given) => ({ invocation: invocation(given) })), {
        brief: plain(brief),
        description: plain(description),
        usageLine: args.usage,
        ...footerOf(spec.examples ?? []),
      });
    },
  };
}

/** No options and no arguments. */
export const noArguments = object({});

/** A text without markup. */
export function plain(words: string): Message {
  return [text(words)];
}

function footerOf(examples: readonly (readonly [string, string])[]): { footer?: Message } {
  if (examples.length === 0) return {};
  const width = Math.max(...examples.map(([line]) => line.length));
  const lines = examples.map(([line, what]) => `  ${line.padEnd(width)}  ${what}`);
  return { footer: [text("Examples:"), ...lines.flatMap((line) => [lineBreak(), text(line)])] };
}
