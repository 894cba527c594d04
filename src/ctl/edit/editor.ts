/** Runs the user's editor. */
import { type Ctl, CtlError } from "../cli/ctl.ts";

/** Without EDITOR and VISUAL: the first of these that exists. */
const USUAL =
  'for editor in vi nano; do command -v "$editor" >/dev/null && exec "$editor" "$@"; done; exit 127';

/** Exit codes of sh(1): not executable, not found. */
const NOT_FOUND = 127;

/**
 * Edits a file. EDITOR is a shell command, possibly with options.
 * @throws {CtlError} If there is no editor, or it fails.
 */
export async function edit(path: string, { effects, terminal, out, err }: Ctl): Promise<void> {
  await Promise.all([out.flush(), err.flush()]);
  const editor = effects.environment("EDITOR") || effects.environment("VISUAL");
  const script = editor === undefined ? USUAL : `${editor} "$@"`;
  const { code, signal } = await terminal.attend(["sh", "-c", script, "sh", path]);
  if (code === 0) return;
  const name = editor ?? "vi";
  if (code === NOT_FOUND) {
    throw new CtlError(`The editor "${name}" was not found`, {
      remedy: "set EDITOR, for example EDITOR=nano",
    });
  }
  throw new CtlError(`The editor "${name}" ended with ${signal ?? `exit code ${code}`}: nothing was changed`);
}
