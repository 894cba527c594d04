/** drbddctl, the control program. */
import type { KnownPlugins } from "../app/app.ts";
import { DEFAULT_CONFIG } from "../app/arguments.ts";
import { describe } from "../effects/describe.ts";
import type { Effects } from "../effects/effects.ts";
import type { MakeFile } from "../effects/growing_file.ts";
import type { Terminal } from "../effects/terminal.ts";
import { VERSION } from "../version.ts";
import { nodesOf } from "./cluster/context.ts";
import type { Invocation } from "./cli/command.ts";
import type { GlobalOptions, Understood } from "./cli/command_line.ts";
import { configPathFor } from "./config/config_path.ts";
import { type Ctl, CtlError, EXIT, PROGRAM } from "./cli/ctl.ts";
import { Output } from "./screen/output.ts";
import { fromReactorctl, REACTOR_CONFIG, REACTORCTL } from "./cli/reactorctl.ts";
import { readShortLine } from "./commands/short_lines.ts";
import { abilityOf, Style } from "./screen/style.ts";

const VERSION_OPTIONS = ["-V", "--version"];

/** The environment of drbddctl. */
export interface World {
  readonly effects: Effects;
  readonly terminal: Terminal;
  readonly known: KnownPlugins;
  readonly makeFile: MakeFile;
}

/** Runs the control program with its name and arguments. Returns the exit code. */
export async function runDrbddctl(name: string, given: readonly string[], world: World): Promise<number> {
  const { effects, terminal } = world;
  const [program, args, otherwise] = name === REACTORCTL
    ? [REACTORCTL, fromReactorctl(given), REACTOR_CONFIG] as const
    : [PROGRAM, given] as const;
  const plain = outputsOf({ color: "auto", symbols: undefined }, world);
  const understood = await read(args, program, otherwise, plain, world);
  if (understood.kind === "over") {
    await Promise.all([plain.out.flush(), plain.err.flush()]);
    return understood.exitCode;
  }
  const { invocation, options } = understood;
  let mainFile: Promise<string> | undefined;
  const ctl: Ctl = {
    ...world,
    program,
    ...outputsOf(options, world),
    mainFile: () => mainFile ??= configPathFor(options.config, effects, otherwise),
    ownConfigPath: options.config ?? DEFAULT_CONFIG,
    context: options.isLocal ? "none" : options.context,
    columns: terminal.size()?.columns ?? options.columns,
  };
  return await guarded(ctl, isJson(invocation), () => runHereOrThere(invocation, options, args, ctl));
}

/** Parses the arguments. Code that most command lines do not need is loaded on demand. */
async function read(
  args: readonly string[],
  program: string,
  otherwise: string | undefined,
  { out, err }: Pick<Ctl, "out" | "err">,
  { effects, terminal }: World,
): Promise<Understood> {
  if (args.length === 1 && VERSION_OPTIONS.includes(args[0] ?? "")) {
    out.line(`${PROGRAM} ${VERSION}`);
    return { kind: "over", exitCode: EXIT.ok };
  }
  const short = readShortLine(args);
  if (short !== undefined) return { kind: "run", ...short };
  const { readCommandLine } = await import("./cli/command_line.ts");
  const { COMMANDS } = await import("./commands.ts");
  const { hintsFor } = await import("./config/known_names.ts");
  return await readCommandLine(args, COMMANDS, hintsFor(args, effects, otherwise), {
    program,
    isColoured: out.style.ability.isColoured,
    columns: terminal.size()?.columns,
    stdout: (text) => out.write(text),
    stderr: (text) => err.write(text),
  });
}

function outputsOf(options: Pick<GlobalOptions, "color" | "symbols">, { effects, terminal }: World) {
  // Neither colours nor cursor movement.
  const isDumb = effects.environment("TERM") === "dumb";
  const output = (sink: Terminal["stdout"]) => {
    const ability = abilityOf(options.color, sink.isTerminal, (name) => effects.environment(name));
    const isUnicode = options.symbols === undefined ? ability.isUnicode : options.symbols === "unicode";
    return new Output(sink, new Style({ ...ability, isUnicode }), sink.isTerminal && !isDumb);
  };
  return { out: output(terminal.stdout), err: output(terminal.stderr) };
}

async function runHereOrThere(
  invocation: Invocation,
  { context, nodes, isLocal }: GlobalOptions,
  args: readonly string[],
  ctl: Ctl,
): Promise<number> {
  if (isLocal) return await invocation.run(ctl);
  const names = nodes.flatMap((list) => list.split(",")).filter((name) => name !== "");
  if (!invocation.isForCluster) {
    if (names.length === 0) return await invocation.run(ctl);
    throw new CtlError(`"${invocation.name}" works on this node only and cannot be combined with --nodes`, {
      remedy: `run it there: ssh -t NODE drbddctl ${invocation.name}`,
      exitCode: EXIT.usage,
    });
  }
  const chosen = await nodesOf({ context, names }, ctl.effects, ctl.err);
  if (chosen.length === 0) return await invocation.run(ctl);
  const { runOnNodes } = await import("./cluster/run_on_nodes.ts");
  const runHere = (inner: Ctl) => guarded(inner, isJson(invocation), () => invocation.run(inner));
  return await runOnNodes({ nodes: chosen, invocation, args, runHere }, ctl);
}

/** Whether the output is one JSON value. */
function isJson({ args }: Invocation): boolean {
  return typeof args === "object" && args !== null && "isJson" in args && args.isJson === true;
}

/** Runs `action` and reports its error; with `--json` in JSON as well. */
async function guarded({ out, err }: Ctl, isJson: boolean, action: () => Promise<number>): Promise<number> {
  try {
    return await action();
  } catch (error) {
    // An unexpected error is a bug of drbddctl: its stack is printed.
    if (!isExpected(error)) throw error;
    err.line(`${PROGRAM}: ${describe(error)}`);
    const remedy = remedyOf(error);
    if (isJson) out.line(JSON.stringify({ error: describe(error), next: remedy ?? null }));
    if (remedy !== undefined) err.line(`  Next: ${remedy}`);
    return error instanceof CtlError ? error.exitCode : EXIT.failure;
  } finally {
    await Promise.all([out.flush(), err.flush()]);
  }
}

/** What to do next, as far as the error shows it. */
function remedyOf(error: Error): string | undefined {
  if (error instanceof CtlError) return error.remedy;
  if (/permission denied/i.test(describe(error))) return "run drbddctl as root";
  if (error.name === "ProgramError" && /not found in PATH/.test(describe(error))) {
    return "install it, or set PATH so that it is found";
  }
  if (error.name === "SystemctlError") return "run drbddctl as root, on a node that systemd has booted";
  return undefined;
}

const EXPECTED = ["CtlError", "FileError", "NotFoundError", "ProgramError", "ConnectError", "SystemctlError"];

/** Errors of the effects have complete messages. */
function isExpected(error: unknown): error is Error {
  return error instanceof Error && EXPECTED.includes(error.name);
}
