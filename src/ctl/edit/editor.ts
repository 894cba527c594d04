/** The editor of the person. */
import { type Ctl, CtlError } from "../cli/ctl.ts";

/** Where nobody has said which: the first of these that is there. */
const USUAL =
  'for editor in vi nano; do command -v "$editor" >/dev/null && exec "$editor" "$@"; done; exit 127';

/** No program, or none of this name: sh(1). */
const NOT_FOUND = 127;

/**
 * Has somebody edit a file. What EDITOR says is a command of a shell, which may have options.
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
