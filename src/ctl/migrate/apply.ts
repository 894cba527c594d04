/** Puts planned files in place. */
import { readDocument } from "../../config/toml/document.ts";
import { resolve } from "../../config/files.ts";
import { type Files, NotFoundError } from "../../effects/effects.ts";
import { type Plan, type PlannedFile, saysNothing, snippetsBeside } from "./plan.ts";

/** What is at the place of a planned file. */
export type There =
  | "nothing"
  /** What would be written, or what means the same. */
  | "the same"
  /** The main file as drbdd's package brings it: it says nothing but where its snippets are. It is replaced, and kept beside. */
  | "untouched"
  /** Something else, which is overwritten only by force. */
  | "another";

/** What becomes of a planned file. */
export interface Placed {
  readonly file: PlannedFile;
  readonly there: There;
}

/** Where the file goes that was there before, when it is overwritten. */
export function keptAs(path: string): string {
  return `${path}.before-migrate`;
}

/** Looks at what is there. @throws {FileError} If that cannot be done. */
export async function lookAtPlaces(files: Files, plan: Plan): Promise<Placed[]> {
  return await Promise.all(plan.files.map(async (file) => ({ file, there: await thereAt(files, file) })));
}

async function thereAt(files: Files, { to, text }: PlannedFile): Promise<There> {
  try {
    const there = await files.readText(to);
    if (there === text || meanTheSame(to, there, text)) return "the same";
    return isUntouched(to, there) ? "untouched" : "another";
  } catch (error) {
    if (error instanceof NotFoundError) return "nothing";
    throw error;
  }
}

/** The main file that drbdd's package brings need not be touched if the old one says no more. */
function meanTheSame(path: string, one: string, other: string): boolean {
  return saysNothing(path, one) && saysNothing(path, other) &&
    directoryIn(path, one) === directoryIn(path, other);
}

function isUntouched(path: string, text: string): boolean {
  return saysNothing(path, text) && directoryIn(path, text) === snippetsBeside(path);
}

function directoryIn(path: string, text: string): string | undefined {
  const { snippets } = readDocument(path, text).table;
  return typeof snippets === "string" ? resolve(path, snippets).replace(/\/$/, "") : undefined;
}

/**
 * Writes what is not there, and what may replace what is there: that is kept beside it. Returns what was written.
 * @throws {FileError} If a file cannot be written: what was written before stays.
 */
export async function place(files: Files, placed: readonly Placed[]): Promise<PlannedFile[]> {
  const written: PlannedFile[] = [];
  for (const { file, there } of placed) {
    if (there === "the same") continue;
    if (there !== "nothing") await files.rename(file.to, keptAs(file.to));
    await files.makeDirectory(file.to.slice(0, file.to.lastIndexOf("/")) || "/");
    await files.writeTextAtomic(file.to, file.text, file.mode);
    written.push(file);
  }
  return written;
}
