/** The files of the configuration: the main file, and snippets that are enabled (NAME.toml) or not (NAME.toml.disabled). */
import { readDocument } from "../config/document.ts";
import { snippetsDirectory } from "../config/load.ts";
import { likeliest } from "../config/report.ts";
import { describe } from "../runtime/describe.ts";
import { type Files, NotFoundError } from "../runtime/effects.ts";
import { CtlError } from "./ctl.ts";

export const ENABLED = ".toml";
export const DISABLED = ".toml.disabled";

export interface ConfigFile {
  readonly path: string;
  /** Whether the daemon reads it. */
  readonly isEnabled: boolean;
}

/** Which files a command is about. */
export type Wanted = "enabled" | "disabled" | "any";

/** What stands before the endings. */
export function stem(path: string): string {
  return path.replace(/\.toml(\.disabled)?$/, "");
}

export function isEnabledPath(path: string): boolean {
  return !path.endsWith(".disabled");
}

export class ConfigFiles {
  private constructor(
    readonly files: Files,
    readonly main: string,
    /** Undefined if the main file names none. */
    readonly directory: string | undefined,
  ) {}

  /** @throws {CtlError} If the main file cannot be read. */
  static async open(files: Files, main: string): Promise<ConfigFiles> {
    let text: string;
    try {
      text = await files.readText(main);
    } catch (cause) {
      const remedy = cause instanceof NotFoundError
        ? "name the main file by --config, or copy /usr/share/doc/drbdd/examples/drbdd.toml there"
        : /permission denied/i.test(describe(cause))
        ? "run drbddctl as root"
        : "name the main file by --config";
      throw new CtlError(describe(cause), { remedy });
    }
    return new ConfigFiles(files, main, snippetsDirectory(readDocument(main, text)));
  }

  /** The snippets, sorted by name, enabled ones before disabled ones of the same name. None if there is no directory. */
  async snippets(wanted: Wanted): Promise<ConfigFile[]> {
    if (this.directory === undefined) return [];
    let names: string[];
    try {
      names = await this.files.list(this.directory);
    } catch (error) {
      if (error instanceof NotFoundError) return [];
      throw error;
    }
    const endings = { enabled: [ENABLED], disabled: [DISABLED], any: [ENABLED, DISABLED] }[wanted];
    return names.filter((name) => endings.some((ending) => name.endsWith(ending))).sort()
      .map((name) => ({ path: `${this.#directory()}/${name}`, isEnabled: isEnabledPath(name) }));
  }

  /**
   * The files that words of the command line name: absolute paths, or names in the directory, each with or without its
   * endings. Where both exist, `any` takes the enabled one. They need not exist, unless `any` is wanted.
   * @throws {CtlError} If a word names no file.
   */
  async named(words: readonly string[], wanted: Wanted): Promise<ConfigFile[]> {
    const found: ConfigFile[] = [];
    for (const word of words) {
      const file = await this.#named(word, wanted);
      if (!found.some(({ path }) => path === file.path)) found.push(file);
    }
    return found;
  }

  /** Those that are named, or all snippets if none is. */
  async namedOrAll(words: readonly string[], wanted: Wanted): Promise<ConfigFile[]> {
    return words.length === 0 ? await this.snippets(wanted) : await this.named(words, wanted);
  }

  async exists(path: string): Promise<boolean> {
    return (await this.files.stat(path))?.isFile === true;
  }

  /** That a named file is not there. */
  async missing(path: string): Promise<CtlError> {
    const names = (await this.snippets("any")).map((file) => stem(baseName(file.path)));
    const close = likeliest(stem(baseName(path)), names);
    return new CtlError(`There is no file "${path}"`, {
      remedy: close === undefined ? "drbddctl ls shows what there is" : `did you mean "${close}"?`,
    });
  }

  /** That a file is there in both its forms, and nobody can tell which is meant. */
  both(one: string, other: string): CtlError {
    return new CtlError(`"${one}" and "${other}" are both there`, {
      remedy:
        `look at both (drbddctl cat ${one} ${other}) and remove one: drbddctl rm, with --disabled for the disabled one`,
    });
  }

  async #named(word: string, wanted: Wanted): Promise<ConfigFile> {
    if (word.startsWith("/") && (word === this.main || await this.exists(word) && wanted === "any")) {
      return { path: word, isEnabled: isEnabledPath(word) };
    }
    const base = stem(this.#absolute(word));
    const enabled = { path: base + ENABLED, isEnabled: true };
    const disabled = { path: base + DISABLED, isEnabled: false };
    if (wanted !== "any") return wanted === "enabled" ? enabled : disabled;
    for (const file of word.endsWith(DISABLED) ? [disabled, enabled] : [enabled, disabled]) {
      if (await this.exists(file.path)) return file;
    }
    throw await this.missing(enabled.path);
  }

  #absolute(word: string): string {
    if (word.startsWith("/")) return word;
    if (word === "" || word.includes("/")) {
      throw new CtlError(`Cannot tell which file "${word}" is`, {
        remedy: `give an absolute path, or the name of a file in ${
          this.directory ?? "the directory of snippets"
        }`,
      });
    }
    return `${this.#directory()}/${word}`;
  }

  #directory(): string {
    if (this.directory === undefined) {
      throw new CtlError(`"${this.main}" names no directory of snippets`, {
        remedy: `add this line at its top: snippets = "/etc/drbdd.d"`,
      });
    }
    return this.directory.replace(/\/$/, "");
  }
}

export function baseName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}
