/** Other programs, and the end of this one. */

export interface Finished {
  readonly success: boolean;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program to its end. */
export async function run(
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Finished> {
  const { success, stdout, stderr } = await new Deno.Command(program, {
    args: [...args],
    env: { NO_COLOR: "1", ...env },
    stdin: "null",
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { success, stdout: text(stdout), stderr: text(stderr) };
}

/** Runs a program, and ends this one if that fails. Returns what it printed. */
export async function runOrFail(
  program: string,
  args: readonly string[],
  env?: Readonly<Record<string, string>>,
): Promise<string> {
  const { success, stdout, stderr } = await run(program, args, env);
  if (!success) fail(`"${program} ${args.join(" ")}" failed:\n${stdout}${stderr}`);
  return stdout;
}

export function print(message: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${message}\n`));
}

/** Says what is wrong, and ends the program. */
export function fail(message: string): never {
  Deno.stderr.writeSync(new TextEncoder().encode(`${message}\n`));
  Deno.exit(1);
}
