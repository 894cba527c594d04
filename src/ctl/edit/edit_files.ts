/** `drbddctl edit`: edits a copy, checks it, and replaces the file in one step. */
import { describe } from "../../effects/describe.ts";
import { canAsk, choose } from "../cli/ask.ts";
import { baseName, type ConfigFile, ConfigFiles, DISABLED, ENABLED, stem } from "../config/config_files.ts";
import { type Ctl, CtlError, EXIT } from "../cli/ctl.ts";
import { apply, isRefused } from "../files/change.ts";
import type { ConfigPreview } from "../files/whole_config.ts";
import { type Checked, checkText } from "./check_text.ts";
import { edit } from "./editor.ts";
import { NOTHING_WRONG, withNotes, withoutNotes } from "./notes.ts";
import { templateOf, type Type } from "./templates.ts";

export interface EditRequest {
  readonly files: readonly string[];
  /** Edits disabled files. */
  readonly isDisabled: boolean;
  /** Save despite warnings without asking. */
  readonly isForced: boolean;
  /** The text of a new file. */
  readonly type: Type;
}

/** The mode of a new file. An existing file keeps its mode. */
const NEW_MODE = 0o644;

/** Returns the exit code. */
export async function editFiles(request: EditRequest, ctl: Ctl): Promise<number> {
  const config = await ConfigFiles.open(ctl.effects.files, await ctl.mainFile());
  const files = await config.namedOrAll(request.files, request.isDisabled ? "disabled" : "enabled");
  if (files.length === 0) {
    throw new CtlError("There is no file to edit", {
      remedy: "to create one: drbddctl edit NAME",
    });
  }
  let worst: number = EXIT.ok;
  for (const file of files) worst = Math.max(worst, await editFile(file, request, config, ctl));
  return worst;
}

async function editFile(
  file: ConfigFile,
  request: EditRequest,
  config: ConfigFiles,
  ctl: Ctl,
): Promise<number> {
  const { files } = ctl.effects;
  const { path } = file;
  const isThere = await config.exists(path);
  if (!isThere && path !== config.main) await refuseTwin(file, config);
  const before = isThere ? await files.readText(path) : templateOf(request.type, stem(baseName(path)));
  const directory = await ctl.terminal.privateDirectory();
  const copy = `${directory}/${baseName(stem(path))}${ENABLED}`;
  try {
    const edited = await editCopy({ copy, before, isNew: !isThere, file }, request, ctl);
    return edited === undefined ? EXIT.ok : await place(file, edited.text, edited.preview, ctl);
  } finally {
    await files.remove(copy).then(() => files.remove(directory)).catch(() => {});
  }
}

/** Refuses a new file beside an existing one with the same name in the other form. */
async function refuseTwin({ path, isEnabled }: ConfigFile, config: ConfigFiles): Promise<void> {
  const twin = stem(path) + (isEnabled ? DISABLED : ENABLED);
  if (!await config.exists(twin)) return;
  const name = stem(baseName(path));
  throw new CtlError(`"${path}" does not exist, but "${twin}" does`, {
    remedy: isEnabled
      ? `drbddctl edit --disabled ${name}, or drbddctl enable ${name} first`
      : `drbddctl edit ${name}`,
  });
}

interface Copy {
  readonly copy: string;
  readonly before: string;
  readonly isNew: boolean;
  readonly file: ConfigFile;
}

/** The new text with its check; undefined if nothing changes. */
async function editCopy({ copy, before, isNew, file }: Copy, { isForced }: EditRequest, ctl: Ctl) {
  const { effects: { files }, err } = ctl;
  let text = before;
  let checked: Checked | undefined;
  for (;;) {
    await files.writeTextAtomic(copy, withNotes(text, checked?.wrong ?? NOTHING_WRONG), 0o600);
    const writtenMs = (await files.stat(copy))?.modifiedMs;
    await edit(copy, ctl);
    // A new file that was not saved in the editor is not wanted, although its template is valid.
    const isSaved = (await files.stat(copy))?.modifiedMs !== writtenMs;
    const edited = withoutNotes(await files.readText(copy));
    if (edited === "") {
      err.line("The file is empty: nothing was changed");
      return undefined;
    }
    if (edited === withoutNotes(text) && checked !== undefined) {
      return await giveUp(edited, file, checked, ctl);
    }
    if (edited === withoutNotes(text) && !(isNew && isSaved)) {
      err.line("No changes: nothing was changed");
      return undefined;
    }
    checked = await checkText(file.path, file.isEnabled, edited, ctl);
    printDiagnostics(checked, ctl);
    const decision = await decide(checked, isForced, ctl);
    if (decision === "save") return { text: edited, preview: checked.preview };
    if (decision === "quit") return await giveUp(edited, file, checked, ctl);
    text = edited;
  }
}

function printDiagnostics({ errors, warnings }: Checked, { err }: Ctl): void {
  for (const text of errors) err.line(`${err.style.bad("error:")} ${text}`);
  for (const text of warnings) err.line(`${err.style.odd("warning:")} ${text}`);
}

async function decide(
  { errors, warnings }: Checked,
  isForced: boolean,
  ctl: Ctl,
): Promise<"save" | "again" | "quit"> {
  const isBad = errors.length > 0;
  if (!isBad && (warnings.length === 0 || isForced)) return "save";
  if (!canAsk(ctl)) return "quit";
  if (isBad) {
    const words = { e: "edit again", q: "quit without changing anything" };
    return await choose(ctl, "drbdd would refuse this file. Edit again, or quit? [E/q]", words, "e") === "e"
      ? "again"
      : "quit";
  }
  const words = { e: "edit again", s: "save it", q: "quit without changing anything" };
  const letter = await choose(ctl, "Edit again, save despite the warnings, or quit? [E/s/q]", words, "e");
  return letter === "e" ? "again" : letter === "s" ? "save" : "quit";
}

/** Keeps a copy of the text that was not saved. */
async function giveUp(text: string, { path }: ConfigFile, { errors }: Checked, ctl: Ctl): Promise<never> {
  const { effects: { files }, terminal } = ctl;
  const kept = `${await terminal.privateDirectory()}/${baseName(stem(path))}${ENABLED}`;
  await files.writeTextAtomic(kept, text, 0o600);
  const why = errors.length > 0 ? "drbdd would refuse it" : "there are warnings";
  throw new CtlError(`"${path}" was not changed: ${why}`, {
    remedy: `your text is in "${kept}"${errors.length > 0 ? "" : "; --force saves despite warnings"}`,
    exitCode: EXIT.usage,
  });
}

async function place(
  { path, isEnabled }: ConfigFile,
  text: string,
  preview: ConfigPreview,
  ctl: Ctl,
): Promise<number> {
  const { effects: { files }, err } = ctl;
  const info = await files.stat(path);
  const make = async () => {
    // A link stays a link.
    const target = info === undefined ? path : await files.realPath(path);
    await files.makeDirectory(path.slice(0, path.lastIndexOf("/")));
    await files.writeTextAtomic(target, text, info?.mode ?? NEW_MODE);
    err.line(`${info === undefined ? "Created" : "Changed"} ${path}`);
  };
  try {
    if (isEnabled) return isRefused(await apply(make, preview, ctl)) ? EXIT.failure : EXIT.ok;
    await make();
    err.line(`It is disabled; to enable it: drbddctl enable ${stem(baseName(path))}`);
    return EXIT.ok;
  } catch (error) {
    if (await files.readText(path).catch(() => undefined) === text) throw error;
    const kept = `${await ctl.terminal.privateDirectory()}/${baseName(stem(path))}${ENABLED}`;
    await files.writeTextAtomic(kept, text, 0o600);
    throw new CtlError(describe(error), { remedy: `your text is in "${kept}"` });
  }
}
