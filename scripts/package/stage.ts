/** Lays out a package's files in a folder. */
import { dirname } from "node:path/posix";
import { runOrFail } from "../build/command.ts";
import type { Entry } from "./contents.ts";

/** Manual pages and changelogs are compressed, without time and name, so that they are always the same. */
function isCompressed(path: string): boolean {
  return path.startsWith("/usr/share/man/") || /\/changelog(\.Debian)?$/.test(path);
}

/** The path under which an entry is installed. */
export function installedPath(path: string): string {
  return isCompressed(path) ? `${path}.gz` : path;
}

/** Every file, link and directory below `root`, with `epoch` as its time. */
export async function stage(root: string, entries: readonly Entry[], epoch: number): Promise<void> {
  for (const { path, mode, content } of entries) {
    const to = `${root}${path}`;
    await Deno.mkdir(dirname(to), { recursive: true });
    if (content === "directory") {
      await Deno.mkdir(to, { recursive: true });
    } else if ("link" in content) {
      await Deno.symlink(content.link, to);
      continue;
    } else if ("file" in content) {
      await Deno.copyFile(content.file, to);
    } else {
      await Deno.writeTextFile(to, content.text);
    }
    await Deno.chmod(to, mode);
    if (isCompressed(path)) await runOrFail("gzip", ["-9", "--no-name", to]);
  }
  // Folders last: what is put into them changes their time, and the umask must not matter.
  await runOrFail("find", [root, "-type", "d", "-exec", "chmod", "755", "{}", "+"]);
  for (const { path, mode, content } of entries) {
    if (content === "directory") await Deno.chmod(`${root}${path}`, mode);
  }
  await runOrFail("find", [
    root,
    "-depth",
    "-exec",
    "touch",
    "--no-dereference",
    `--date=@${epoch}`,
    "{}",
    "+",
  ]);
}
