/** A copy of this checkout, for trials in which sources are changed on purpose. */

const ROOT = new URL("../..", import.meta.url).pathname;

export class TreeCopy {
  private constructor(readonly folder: string, readonly path: string) {}

  /** What git knows of the tree or would add to it, as it is on the disk, and beside it what tests read from beside a checkout. */
  static async make(): Promise<TreeCopy> {
    const folder = await Deno.makeTempDir({ prefix: "drbdd-copy-" });
    if (exists("../shared")) await Deno.symlink(`${ROOT}../shared`, `${folder}/shared`);
    const tree = `${folder}/drbdd`;
    const args = ["ls-files", "-z", "--cached", "--others", "--exclude-standard"];
    const listed = await new Deno.Command("git", { args, cwd: ROOT }).output();
    for (const path of new TextDecoder().decode(listed.stdout).split("\0")) {
      if (path === "" || !exists(path)) continue;
      await Deno.mkdir(`${tree}/${path.slice(0, path.lastIndexOf("/") + 1)}`, { recursive: true });
      await Deno.copyFile(ROOT + path, `${tree}/${path}`);
    }
    return new TreeCopy(folder, tree);
  }

  /** Calls `then` while a file of the copy is changed; it is put right after that. `file` is relative to the tree. */
  async changing<Result>(
    file: string,
    change: (text: string) => string,
    then: () => Promise<Result>,
  ): Promise<Result> {
    const path = `${this.path}/${file}`;
    const text = await Deno.readTextFile(path);
    await Deno.writeTextFile(path, change(text));
    try {
      return await then();
    } finally {
      await Deno.writeTextFile(path, text);
    }
  }

  async remove(): Promise<void> {
    await Deno.remove(this.folder, { recursive: true });
  }
}

function exists(path: string): boolean {
  try {
    Deno.statSync(ROOT + path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
