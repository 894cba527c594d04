/** From the command line to what is to be done. */
import { group, merge, or } from "@optique/core/constructs";
import { runParserAsync } from "@optique/core/facade";
import { withDefault } from "@optique/core/modifiers";
import { formatMessage } from "@optique/core/message";
import type { InferValue } from "@optique/core/parser";
import { VERSION } from "../version.ts";
import { type Command, type CommandParser, GROUPS, type Invocation, plain } from "./command.ts";
import { EXIT } from "./ctl.ts";
import { globalOptions, withSeparateValues } from "./global_options.ts";
import type { Hints } from "./hints.ts";

export const PROGRAM = "drbddctl";
/** Without a command. */
const DEFAULT_COMMAND = "status";

export type GlobalOptions = InferValue<ReturnType<typeof globalOptions>>;

/** What is to be done, or the exit code of what has been: help, version, completion, a complaint. */
export type Understood =
  | { readonly kind: "run"; readonly invocation: Invocation; readonly options: GlobalOptions }
  | { readonly kind: "over"; readonly exitCode: number };

/** Where help and complaints go. */
export interface Pages {
  readonly isColoured: boolean;
  /** Undefined: lines are not broken. */
  readonly columns: number | undefined;
  stdout(text: string): void;
  stderr(text: string): void;
}

/** Reads the arguments. Never rejects for what somebody typed. */
export async function readCommandLine(
  args: readonly string[],
  commands: readonly Command[],
  hints: Hints,
  pages: Pages,
): Promise<Understood> {
  const nothing: { readonly invocation: Invocation | undefined } = { invocation: undefined };
  const parser = merge(globalOptions(hints), withDefault(oneOf(commands, hints), nothing));
  let exitCode: number | undefined;
  const over = (code: number) => {
    exitCode = code;
  };
  const result = await runParserAsync<typeof parser, void, void>(
    parser,
    PROGRAM,
    withSeparateValues(args),
    {
      brief: plain("Looks after drbdd, its configuration and its services."),
      footer: plain("drbddctl COMMAND --help explains a command, drbddctl(8) everything."),
      usageLine: [{ type: "ellipsis" }],
      help: {
        option: { names: ["-h", "--help"] },
        command: { names: ["help"], group: "Others" },
        onShow: over,
      },
      version: {
        value: `${PROGRAM} ${VERSION}`,
        option: { names: ["-V", "--version"] },
        onShow: () => over(EXIT.ok),
      },
      completion: {
        command: { names: ["generate-completion"], group: "Others" },
        onShow: () => over(EXIT.ok),
      },
      aboveError: "none",
      colors: pages.isColoured,
      termWidth: "auto",
      ...(pages.columns === undefined ? {} : { maxWidth: pages.columns }),
      stdout: (text) => pages.stdout(`${text}\n`),
      stderr: () => {},
      onError: (_code, error) => {
        const asked = commands.find(({ name }) => args.includes(name));
        const help = [PROGRAM, ...(asked === undefined ? [] : [asked.name]), "--help"].join(" ");
        const words = formatMessage(error, { quotes: true }).trimEnd();
        pages.stderr(`${PROGRAM}: ${words}\n  Try: ${help}\n`);
        over(EXIT.usage);
      },
    },
  );
  if (exitCode !== undefined) return { kind: "over", exitCode };
  const { invocation, ...options } = result;
  if (invocation !== undefined) return { kind: "run", invocation, options };
  return await readCommandLine([...args, DEFAULT_COMMAND], commands, hints, pages);
}

function oneOf(commands: readonly Command[], hints: Hints): CommandParser {
  const groups = GROUPS.flatMap((name) => {
    const parsers = commands.filter((command) => command.group === name).map((command) =>
      command.parser(hints)
    );
    return parsers.length === 0 ? [] : [group(name, either(parsers))];
  });
  return either(groups);
}

/** `or` wants to be told how many there are. */
function either(parsers: readonly CommandParser[]): CommandParser {
  const [first, ...rest] = parsers;
  if (first === undefined) throw new Error("There are no commands");
  return rest.reduce((all, next) => or(all, next), first);
}
