/** A command of drbddctl. */
import { object } from "@optique/core/constructs";
import { lineBreak, type Message, text } from "@optique/core/message";
import { map } from "@optique/core/modifiers";
import type { Mode, Parser } from "@optique/core/parser";
import { command } from "@optique/core/primitives";
import type { Ctl } from "./ctl.ts";
import type { Hints } from "./hints.ts";

/** Sections of `drbddctl --help`. */
export const GROUPS = ["Services", "Configuration", "Looking", "Others"] as const;
export type Group = typeof GROUPS[number];

export interface CommandSpec<Args> {
  readonly name: string;
  readonly group: Group;
  /** For the list of commands: what it does, in one line, without a full stop. */
  readonly brief: string;
  /** For its own help: one paragraph. */
  readonly description: string;
  /** Command lines with what they do. */
  readonly examples?: readonly (readonly [commandLine: string, what: string])[];
  /**
   * In a cluster context it is run on all nodes. Otherwise always here.
   */
  readonly isForCluster: boolean;
  /** Then, in a cluster context, it is run on the nodes that answer; otherwise all have to. Default: it changes something. */
  readonly changesNothing?: boolean;
  /**
   * Called here before it is run on the nodes with these names, where nobody can be asked. Returns arguments to be added, or
   * that nothing is to be done.
   */
  beforeCluster?(args: Args, ctl: Ctl, nodes: readonly string[]): Promise<readonly string[] | "nothing">;
  /** Options and arguments. `hints` knows files and resources, for completion. */
  args(hints: Hints): Parser<Mode, Args, unknown>;
  /** Returns the exit code. What cannot be done is a `CtlError`, or an error of the effects. */
  run(args: Args, ctl: Ctl): Promise<number>;
}

/** A command line that was understood. */
export interface Invocation {
  readonly name: string;
  /** What its options and arguments were understood as. */
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

/** A text as it is. */
export function plain(words: string): Message {
  return [text(words)];
}

function footerOf(examples: readonly (readonly [string, string])[]): { footer?: Message } {
  if (examples.length === 0) return {};
  const width = Math.max(...examples.map(([line]) => line.length));
  const lines = examples.map(([line, what]) => `  ${line.padEnd(width)}  ${what}`);
  return { footer: [text("Examples:"), ...lines.flatMap((line) => [lineBreak(), text(line)])] };
}
