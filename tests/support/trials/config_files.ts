/** Files of a configuration, held in memory. */
import type { ConfigFiles } from "../../../src/config/files.ts";

/** What a path holds: text, a directory, a link to nothing, or something that cannot be read. */
export type Content = string | { readonly error: string } | "directory" | "dangling";

/**
 * Files by their absolute paths. Directories need not be named: those of the files are there. Every file was modified
 * at 1,000 ms.
 */
export function memoryFiles(contents: Readonly<Record<string, Content | { text: string }>>): ConfigFiles {
  const paths = Object.keys(contents);
  const isDirectory = (path: string) =>
    contents[path] === "directory" || paths.some((other) => other.startsWith(`${path.replace(/\/$/, "")}/`));
  return {
    readText(path) {
      const content = contents[path];
      if (content === undefined) {
        return Promise.reject(new Error(`Cannot read "${path}": No such file or directory`));
      }
      if (typeof content === "object" && "error" in content) return Promise.reject(new Error(content.error));
      return Promise.resolve(typeof content === "object" ? content.text : content);
    },
    list(directory) {
      const beginning = `${directory.replace(/\/$/, "")}/`;
      const names = paths.filter((path) => path.startsWith(beginning)).map((path) =>
        path.slice(beginning.length)
      );
      return Promise.resolve(names.filter((name) => !name.includes("/")).toReversed());
    },
    stat(path) {
      if (contents[path] === "dangling") return Promise.resolve(undefined);
      if (isDirectory(path)) return Promise.resolve({ isFile: false, isDirectory: true, modifiedMs: 0 });
      if (contents[path] === undefined) return Promise.resolve(undefined);
      return Promise.resolve({ isFile: true, isDirectory: false, modifiedMs: 1000 });
    },
  };
}
