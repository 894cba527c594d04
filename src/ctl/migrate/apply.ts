/** Writes planned files. */
import { readDocument } from "../../config/toml/document.ts";
import { resolve } from "../../config/files.ts";
import { type Files, NotFoundError } from "../../effects/effects.ts";
import { type Plan, type PlannedFile, saysNothing, snippetsBeside } from "./plan.ts";

/** What exists at the path of a planned file. */
export type ExistingFile =
  | "nothing"
  /** The same text, or one with the same meaning. */
  | "the same"
  /** The main file of drbdd's package, which only names its snippets directory. It is replaced, and a copy kept. */
  | "untouched"
  /** Anything else; only overwritten with --force. */
  | "another";

/** What will happen to a planned file. */
export interface Placed {
  readonly file: PlannedFile;
  readonly existing: ExistingFile;
}

/** Where the previous file is kept when it is overwritten. */
export function keptAs(path: string): string {
  return `${path}.before-migrate`;
}

/** Reads existing files. @throws {FileError} */
export async function inspectTargets(files: Files, plan: Plan): Promise<Placed[]> {
  return await Promise.all(
    plan.files.map(async (file) => ({ file, existing: await existingFileAt(files, file) })),
  );
}

async function existingFileAt(files: Files, { to, text }: PlannedFile): Promise<ExistingFile> {
  try {
    const existing = await files.readText(to);
    if (existing === text || meanTheSame(to, existing, text)) return "the same";
    return isUntouched(to, existing) ? "untouched" : "another";
  } catch (error) {
    if (error instanceof NotFoundError) return "nothing";
    throw error;
  }
}

/** The main file of drbdd's package can stay if the old one has no other content. */
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
 * Writes new files, and replaces those that may be replaced, keeping a copy. Returns the written files.
 * @throws {FileError} If a file cannot be written; earlier ones stay written.
 */
export async function place(files: Files, placed: readonly Placed[]): Promise<PlannedFile[]> {
  const written: PlannedFile[] = [];
  for (const { file, existing } of placed) {
    if (existing === "the same") continue;
    if (existing !== "nothing") await files.rename(file.to, keptAs(file.to));
    await files.makeDirectory(file.to.slice(0, file.to.lastIndexOf("/")) || "/");
    await files.writeTextAtomic(file.to, file.text, file.mode);
    written.push(file);
  }
  return written;
}
