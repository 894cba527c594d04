/** drbddctl: what an administrator does with drbdd. */
import type { KnownPlugins } from "../app/app.ts";
import { describe } from "../runtime/describe.ts";
import type { Effects } from "../runtime/effects.ts";
import type { MakeFile } from "../runtime/growing_file.ts";
import type { Terminal } from "../runtime/terminal.ts";
import { PROGRAM, readCommandLine } from "./command_line.ts";
import { COMMANDS } from "./commands.ts";
import { CtlError, EXIT } from "./ctl.ts";
import { hintsFor } from "./known_names.ts";
import { Output } from "./output.ts";
import { abilityOf, type ColorWhen, Style } from "./style.ts";

/** What drbddctl is given of the world. */
export interface World {
  readonly effects: Effects;
  readonly terminal: Terminal;
  readonly known: KnownPlugins;
  readonly makeFile: MakeFile;
}

/** Runs the control program with the arguments after its name. Returns the exit code. */
export async function runDrbddctl(
  args: readonly string[],
  { effects, terminal, known, makeFile }: World,
): Promise<number> {
  const outputs = (when: ColorWhen) => {
    const output = (sink: Terminal["stdout"]) =>
      new Output(sink, new Style(abilityOf(when, sink.isTerminal, (name) => effects.environment(name))));
    return { out: output(terminal.stdout), err: output(terminal.stderr) };
  };
  const plain = outputs("auto");
  const understood = await readCommandLine(args, COMMANDS, hintsFor(args, effects), {
    isColoured: plain.out.style.ability.isColoured,
    columns: terminal.size()?.columns,
    stdout: (text) => plain.out.write(text),
    stderr: (text) => plain.err.write(text),
  });
  if (understood.kind === "over") {
    await Promise.all([plain.out.flush(), plain.err.flush()]);
    return understood.exitCode;
  }
  const { invocation, options: { config, color } } = understood;
  const { out, err } = outputs(color);
  try {
    return await invocation.run({
      effects,
      terminal,
      known,
      makeFile,
      out,
      err,
      configPath: config,
      columns: terminal.size()?.columns,
    });
  } catch (error) {
    // An error that no command expected is a fault of drbddctl, and shows where it comes from.
    if (!isExpected(error)) throw error;
    err.line(`${PROGRAM}: ${describe(error)}`);
    if (!(error instanceof CtlError)) return EXIT.failure;
    if (error.remedy !== undefined) err.line(`  Next: ${error.remedy}`);
    return error.exitCode;
  } finally {
    await Promise.all([out.flush(), err.flush()]);
  }
}

const EXPECTED = ["CtlError", "FileError", "NotFoundError", "ProgramError", "ConnectError"];

/** Errors of the effects say in words what could not be done to what. */
function isExpected(error: unknown): error is Error {
  return error instanceof Error && EXPECTED.includes(error.name);
}
