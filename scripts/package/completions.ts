/** Completion of drbddctl's commands in shells, as it writes it itself. */
import { runOrFail } from "../build/command.ts";
import type { Target } from "../build/target.ts";
import type { Entry } from "./contents.ts";

const SHELLS = [
  { shell: "bash", path: "/usr/share/bash-completion/completions/drbddctl" },
  { shell: "zsh", path: "/usr/share/zsh/vendor-completions/_drbddctl" },
  { shell: "fish", path: "/usr/share/fish/vendor_completions.d/drbddctl.fish" },
] as const;

/** `binary` is run; one for another machine than this cannot be, and the source speaks for it. */
export async function completions(binary: string, { arch }: Target): Promise<Entry[]> {
  const [program, args] = arch === Deno.build.arch
    ? [await Deno.realPath(binary), []]
    : [Deno.execPath(), ["run", "-A", "--no-check", "main.ts"]];
  return await Promise.all(SHELLS.map(async ({ shell, path }): Promise<Entry> => {
    const text = await runOrFail(program, [...args, "ctl", "generate-completion", shell]);
    return { path, mode: 0o644, content: { text } };
  }));
}
