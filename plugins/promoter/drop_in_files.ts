/** Drop-ins on the disk: written where they differ, removed where they are wanted no more. */
import type { Files } from "../../src/runtime/effects.ts";
import { NotFoundError } from "../../src/runtime/effects.ts";
import { FILE_NAMES, UNIT_DIRECTORY } from "./drop_ins.ts";

/**
 * Makes the files of `wanted` (text by path) the only ones of drbdd. True if anything changed, so that systemd has to
 * read its units again. @throws {FileError} If a file cannot be written or removed.
 */
export async function writeDropIns(files: Files, wanted: ReadonlyMap<string, string>): Promise<boolean> {
  let isChanged = false;
  for (const path of await present(files)) {
    if (wanted.has(path)) continue;
    await removeDropIn(files, path);
    isChanged = true;
  }
  for (const [path, text] of wanted) {
    if (await textOf(files, path) === text) continue;
    await files.makeDirectory(directoryOf(path));
    await files.writeTextAtomic(path, text);
    isChanged = true;
  }
  return isChanged;
}

/** Removes a drop-in, and its directory if nobody else has one in it. */
export async function removeDropIn(files: Files, path: string): Promise<void> {
  await files.remove(path);
  const directory = directoryOf(path);
  if ((await files.list(directory)).length === 0) await files.remove(directory);
}

/** Paths of all drop-ins that drbdd has written, in this life or an earlier one. */
async function present(files: Files): Promise<string[]> {
  const paths: string[] = [];
  for (const name of await listOrNothing(files, UNIT_DIRECTORY)) {
    if (!name.endsWith(".d")) continue;
    const directory = `${UNIT_DIRECTORY}/${name}`;
    for (const file of await listOrNothing(files, directory)) {
      if (FILE_NAMES.includes(file)) paths.push(`${directory}/${file}`);
    }
  }
  return paths;
}

async function listOrNothing(files: Files, directory: string): Promise<string[]> {
  try {
    return await files.list(directory);
  } catch (error) {
    if (error instanceof NotFoundError) return [];
    throw error;
  }
}

async function textOf(files: Files, path: string): Promise<string | undefined> {
  try {
    return await files.readText(path);
  } catch (error) {
    if (error instanceof NotFoundError) return undefined;
    throw error;
  }
}

function directoryOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/"));
}
