/** Runs stat(1), for files that Deno refuses to stat. */
import type { FileInfo } from "../effects.ts";

/** Raw mode in hexadecimal, size, seconds since 1970. */
const FORMAT = "%f %s %Y";
const TYPE = 0o170000;
const FILE = 0o100000;
const DIRECTORY = 0o040000;
const BLOCK_DEVICE = 0o060000;

/** Undefined if it does not exist. Follows links. @throws If stat(1) cannot be run or fails. */
export async function statByProgram(path: string): Promise<FileInfo | undefined> {
  const { code, stdout, stderr } = await new Deno.Command("stat", {
    args: ["--dereference", `--format=${FORMAT}`, "--", path],
    clearEnv: true,
    env: { LC_ALL: "C" },
    stdin: "null",
  }).output();
  const said = new TextDecoder().decode(stderr).trim();
  if (code !== 0) {
    if (/No such file or directory|Not a directory/.test(said)) return undefined;
    throw new Error(`stat failed with exit code ${code}: ${said}`);
  }
  return fileInfoOf(new TextDecoder().decode(stdout));
}

function fileInfoOf(text: string): FileInfo {
  const [mode = "", size, seconds] = text.trim().split(" ");
  const bits = parseInt(mode, 16);
  const isOf = (type: number) => (bits & TYPE) === type;
  return {
    isFile: isOf(FILE),
    isDirectory: isOf(DIRECTORY),
    isBlockDevice: isOf(BLOCK_DEVICE),
    sizeBytes: Number(size),
    mode: bits & 0o7777,
    modifiedMs: Number(seconds) * 1000,
  };
}
