/** The compiled program: the one that DRBDD_PROGRAM names, or one that is made now. */

/** Absolute path of the program. Those that are made stay until the end of the process, for all its tests. */
export async function compiledProgram(): Promise<string> {
  const given = Deno.env.get("DRBDD_PROGRAM");
  if (given) return await Deno.realPath(given);
  made ??= compile();
  return await made;
}

let made: Promise<string> | undefined;

async function compile(): Promise<string> {
  const folder = await Deno.makeTempDir({ prefix: "drbdd-test-" });
  addEventListener("unload", () => Deno.removeSync(folder, { recursive: true }));
  const path = `${folder}/drbdd`;
  const { success, stderr, stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", "scripts/compile.ts", "--output", path],
    cwd: new URL("../..", import.meta.url).pathname,
  }).output();
  if (!success) {
    const said = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
    throw new Error(`The program could not be compiled (see CONTRIBUTING.md):\n${said}`);
  }
  return path;
}
