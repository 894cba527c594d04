/**
 * Golden streams: `tests/golden/NAME.events2` is what drbdsetup prints on a node, written by us; files beside it with
 * other endings are what drbdd makes of it, one thing a line.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";

const FOLDER = new URL("../golden/", import.meta.url);

/** A line between two runs of drbdsetup: it ended, and was started again. */
export const RESTART = "# drbdsetup starts again";

export interface GoldenStream {
  readonly name: string;
  /** Bytes of each run of drbdsetup. */
  readonly runs: readonly Uint8Array[];
}

export function goldenStreams(): GoldenStream[] {
  return readdirSync(FOLDER).filter((file) => file.endsWith(".events2")).sort().map((file) => ({
    name: file.replace(".events2", ""),
    runs: readFileSync(new URL(file, FOLDER), "utf8").split(`${RESTART}\n`).map((text) =>
      new TextEncoder().encode(text)
    ),
  }));
}

/** Lines of the file `NAME.ENDING`; with `--update` among the test's arguments they are written first. */
export function goldenLines(name: string, ending: string, found: readonly string[]): string[] {
  const file = new URL(`${name}.${ending}`, FOLDER);
  if (Deno.args.includes("--update")) writeFileSync(file, found.map((line) => line + "\n").join(""));
  if (!existsSync(file)) {
    throw new Error(`There is no "${file.pathname}": run the test with "-- --update" to write it`);
  }
  return readFileSync(file, "utf8").split("\n").slice(0, -1);
}
