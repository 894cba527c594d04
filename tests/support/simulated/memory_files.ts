/** Files that exist in tests only. Directories are there when something was put in them, or when they were made. */
import { FileError, type FileInfo, type Files, NotFoundError } from "../../../src/effects/effects.ts";

interface Content {
  readonly text: string;
  readonly modifiedMs: number;
}

export class MemoryFiles implements Files {
  readonly #files = new Map<string, Content>();
  readonly #directories = new Set<string>(["/"]);
  readonly #blockDevices = new Set<string>();
  /** Permission bits of paths, where they are not 0o600. */
  readonly modes = new Map<string, number>();
  /** Where links lead, that have the text of their files as well. */
  readonly links = new Map<string, string>();
  /** Paths of which every use fails, with the words of the system. */
  readonly failing = new Map<string, string>();

  /** Counts changes of files. */
  version = 0;
  /** Nothing can be written below this directory. */
  readOnly: string | undefined;

  constructor(readonly wallMs: () => number = () => 0) {}

  /** Puts a file there, with its directories. */
  put(path: string, text: string, modifiedMs = this.wallMs()): void {
    this.#addParents(path);
    this.version++;
    this.#files.set(path, { text, modifiedMs });
  }

  /** Takes a file away, as somebody else would. */
  take(path: string): void {
    this.version++;
    this.#files.delete(path);
  }

  putBlockDevice(path: string): void {
    this.#blockDevices.add(path);
  }

  /** All files, by path. */
  all(): Record<string, string> {
    return Object.fromEntries([...this.texts()].sort());
  }

  /** Path and text of each file, in the order in which they were made. */
  *texts(): Generator<[path: string, text: string]> {
    for (const [path, { text }] of this.#files) yield [path, text];
  }

  readText(path: string): Promise<string> {
    return this.#attempt("read", path, () => this.#file(path, "read").text);
  }

  writeTextAtomic(path: string, text: string, mode?: number): Promise<void> {
    return this.#attempt("write", path, () => {
      this.#checkWritable("write", path);
      if (!this.#directories.has(parentOf(path))) throw new NotFoundError(`Cannot write "${path}"`);
      if (mode !== undefined) this.modes.set(path, mode);
      this.version++;
      this.#files.set(path, { text, modifiedMs: this.wallMs() });
    });
  }

  list(directory: string): Promise<string[]> {
    return this.#attempt("list", directory, () => {
      if (!this.#directories.has(directory)) throw new NotFoundError(`Cannot list "${directory}"`);
      const all = [...this.#files.keys(), ...this.#directories].filter((path) => path !== "/");
      return all.filter((path) => parentOf(path) === directory).map((path) =>
        path.slice(path.lastIndexOf("/") + 1)
      ).sort();
    });
  }

  stat(path: string): Promise<FileInfo | undefined> {
    return this.#attempt("look at", path, () => {
      const file = this.#files.get(path);
      const isDirectory = this.#directories.has(path);
      const isBlockDevice = this.#blockDevices.has(path);
      if (file === undefined && !isDirectory && !isBlockDevice) return undefined;
      return {
        isFile: file !== undefined,
        isDirectory,
        isBlockDevice,
        sizeBytes: file?.text.length ?? 0,
        mode: this.modes.get(path) ?? 0o600,
        modifiedMs: file?.modifiedMs ?? 0,
      };
    });
  }

  makeDirectory(path: string): Promise<void> {
    return this.#attempt("make the directory", path, () => {
      this.#addParents(`${path}/.`);
    });
  }

  remove(path: string): Promise<void> {
    return this.#attempt("remove", path, () => {
      this.#checkWritable("remove", path);
      const isFull = [...this.#files.keys(), ...this.#directories].some((each) =>
        parentOf(each) === path && each !== "/"
      );
      if (isFull) throw new FileError(`Cannot remove "${path}": it is not empty`);
      this.version++;
      this.#files.delete(path);
      this.#directories.delete(path);
    });
  }

  rename(from: string, to: string): Promise<void> {
    return this.#attempt("rename", from, () => {
      this.version++;
      this.#files.set(to, this.#file(from, "rename"));
      this.version++;
      this.#files.delete(from);
    });
  }

  realPath(path: string): Promise<string> {
    return this.#attempt("follow", path, () => {
      this.#file(path, "follow");
      return this.links.get(path) ?? path;
    });
  }

  #checkWritable(what: string, path: string): void {
    const isReadOnly = this.readOnly !== undefined && path.startsWith(`${this.readOnly}/`);
    if (isReadOnly) {
      throw new FileError(`Cannot ${what} "${path}"`, { cause: new Error("No space left on device") });
    }
  }

  #file(path: string, what: string): Content {
    const file = this.#files.get(path);
    if (file === undefined) throw new NotFoundError(`Cannot ${what} "${path}"`);
    return file;
  }

  #addParents(path: string): void {
    for (let parent = parentOf(path); parent !== "/"; parent = parentOf(parent)) {
      this.#directories.add(parent);
    }
  }

  #attempt<Result>(what: string, path: string, action: () => Result): Promise<Result> {
    const failure = this.failing.get(path);
    if (failure !== undefined) {
      return Promise.reject(new FileError(`Cannot ${what} "${path}"`, { cause: new Error(failure) }));
    }
    try {
      return Promise.resolve(action());
    } catch (error) {
      return Promise.reject(error);
    }
  }
}

function parentOf(path: string): string {
  const slash = path.lastIndexOf("/");
  return slash <= 0 ? "/" : path.slice(0, slash);
}
