/** Writes programs called drbdsetup and drbdadm that run one of this directory's stand-ins. */

/** A directory with programs, to be put into a PATH. */
export type ProgramDirectory = string;

function pathOf(name: string): string {
  return new URL(name, import.meta.url).pathname;
}

/** Quotes a word for a shell. */
export function quoted(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

/** A program `name` in `directory` that runs a script of this directory with these arguments before its own. */
export async function writeProgram(
  directory: ProgramDirectory,
  name: string,
  script: string,
  args: readonly string[],
): Promise<void> {
  const words = [
    Deno.execPath(),
    "run",
    "--quiet",
    "--no-config",
    "--no-lock",
    "--no-check",
    "--no-prompt",
    "--allow-all",
    pathOf(script),
    ...args,
  ];
  // drbdd starts its children with next to no environment: what Deno needs is said here.
  const cache = Deno.env.get("DENO_DIR") ?? `${Deno.env.get("HOME") ?? "/root"}/.cache/deno`;
  const text = [
    "#!/bin/sh",
    `export DENO_DIR=${quoted(cache)} DENO_NO_UPDATE_CHECK=1`,
    `exec ${words.map(quoted).join(" ")} "$@"`,
    "",
  ].join("\n");
  const path = `${directory}/${name}`;
  await Deno.writeTextFile(path, text, { mode: 0o755 });
  await Deno.chmod(path, 0o755);
}

/** drbdsetup and drbdadm of one node of a model server, and others that the server knows. */
export async function writeNodePrograms(
  directory: ProgramDirectory,
  socket: string,
  node: string,
  others: readonly string[] = [],
): Promise<void> {
  await Deno.mkdir(directory, { recursive: true });
  for (const name of ["drbdsetup", "drbdadm", ...others]) {
    await writeProgram(directory, name, "drbdsetup.ts", [socket, node, name]);
  }
}
