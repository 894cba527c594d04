/** Writes a drbdsetup that follows a script. */
import { type ProgramDirectory, writeProgram } from "./programs.ts";

/** One thing that it does. */
export type Step =
  /** Whole lines to standard output. */
  | { readonly print: readonly string[] }
  /** A file to standard output, byte for byte. */
  | { readonly file: string }
  /** Bytes to standard output, whatever they are. */
  | { readonly bytes: readonly number[] }
  /** Text to standard error. */
  | { readonly error: string }
  | { readonly sleepMs: number }
  /** From here on a signal does nothing. */
  | { readonly ignore: "SIGTERM" | "SIGHUP" }
  /** Kills itself. */
  | { readonly kill: "SIGKILL" | "SIGTERM" | "SIGSEGV" }
  | { readonly exit: number }
  /** A line of standard input, its end (then it exits 0), or nothing ever. */
  | { readonly wait: "request" | "end of input" | "nothing" };

/** Steps of the first start, of the second, and so on; the last ones are repeated. After the steps it exits 0. */
export type Script = readonly (readonly Step[])[];

export class Scripted {
  private constructor(readonly directory: ProgramDirectory, readonly path: string) {}

  /** Puts a drbdsetup into `directory`. */
  static async write(directory: ProgramDirectory, script: Script): Promise<Scripted> {
    const scripted = new Scripted(directory, `${directory}/drbdsetup.json`);
    await scripted.change(script);
    await writeProgram(directory, "drbdsetup", "scripted_drbdsetup.ts", [scripted.path]);
    return scripted;
  }

  /** Another script, for starts from here on. */
  async change(script: Script): Promise<void> {
    await Deno.remove(`${this.path}.starts`).catch(() => {});
    await Deno.writeTextFile(this.path, JSON.stringify(script, undefined, 2));
  }

  /** The process ids and arguments of all starts so far. */
  async starts(): Promise<{ readonly pid: number; readonly args: string }[]> {
    const text = await Deno.readTextFile(`${this.path}.starts`).catch(() => "");
    return text.split("\n").filter((line) => line !== "").map((line) => {
      const blank = line.indexOf(" ");
      return { pid: Number(line.slice(0, blank)), args: line.slice(blank + 1) };
    });
  }
}
