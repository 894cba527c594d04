/** The files of the configuration: the main file, and snippets that are enabled (NAME.toml) or not (NAME.toml.disabled). */
import { readDocument } from "../../config/toml/document.ts";
import { snippetsDirectory } from "../../config/load.ts";
import { likeliest } from "../../config/toml/report.ts";
import { childOf, isTable, type Table } from "../../config/toml/table.ts";
import { isToolTable } from "../../config/schema/tool_tables.ts";
import { describe } from "../../effects/describe.ts";
import { type Files, NotFoundError } from "../../effects/effects.ts";
import { CtlError, EXIT } from "../cli/ctl.ts";

export const ENABLED = ".toml";
export const DISABLED = ".toml.disabled";

export interface ConfigFile {
  readonly path: string;
  /** Whether the daemon reads it. */
  readonly isEnabled: boolean;
  /** Other resources and plugins in a file that was named by one of its resources. */
  readonly besides?: readonly string[] | undefined;
}

/** The files of a command. */
export type Wanted = "enabled" | "disabled" | "any";

/** The name without its endings. */
export function stem(path: string): string {
  return path.replace(/\.toml(\.disabled)?$/, "");
}

export function isEnabledPath(path: string): boolean {
  return !path.endsWith(".disabled");
}

export class ConfigFiles {
  readonly #skipped = new Set<string>();

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
        ? "name the main file with --config, or copy /usr/share/doc/drbdd/examples/drbdd.toml there"
        : /permission denied/i.test(describe(cause))
        ? "run drbddctl as root"
        : "name the main file with --config";
      throw new CtlError(describe(cause), { remedy });
    }
    return new ConfigFiles(files, main, snippetsDirectory(readDocument(main, text)));
  }

  /**
   * The snippets, sorted by name, enabled ones before disabled ones of the same name; none if there is no directory. Broken
   * links, such as locks of editors, are skipped; the daemon skips them with a warning.
   */
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
    const files = names.filter((name) => endings.some((ending) => name.endsWith(ending))).sort()
      .map((name) => ({ path: `${this.#directory()}/${name}`, isEnabled: isEnabledPath(name) }));
    // Kept: reading it will report the error.
    const isThere = await Promise.all(
      files.map(({ path }) => this.files.stat(path).then((info) => info !== undefined, () => true)),
    );
    for (const [index, { path }] of files.entries()) if (isThere[index] === false) this.#skipped.add(path);
    return files.filter((_file, index) => isThere[index]);
  }

  /** Broken links that `snippets` has skipped so far. */
  get skipped(): readonly string[] {
    return [...this.#skipped];
  }

  /**
   * The files named on the command line: absolute paths, or names in the directory, each with or without its endings; if no
   * file has that name, the name of a promoter's resource. If both the enabled and the disabled file exist, `any` takes the
   * enabled one. Only with `any` the files must exist.
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

  /** The named files, or all snippets if none is named. */
  async namedOrAll(words: readonly string[], wanted: Wanted): Promise<ConfigFile[]> {
    return words.length === 0 ? await this.snippets(wanted) : await this.named(words, wanted);
  }

  async exists(path: string): Promise<boolean> {
    return (await this.files.stat(path))?.isFile === true;
  }

  /** A named file does not exist. */
  async missing(path: string): Promise<CtlError> {
    const name = stem(baseName(path));
    const snippets = await this.snippets("any");
    const names = snippets.map((file) => stem(baseName(file.path)));
    const tables = await Promise.all(snippets.map((file) => this.#tableOf(file.path)));
    const close = likeliest(name, [...names, ...tables.flatMap(resourcesIn)]);
    const remedy = close === undefined
      ? "drbddctl ls lists the files"
      : close !== name || !names.includes(name)
      ? `did you mean "${close}"?`
      : isEnabledPath(path)
      ? `it is disabled: drbddctl enable ${name}`
      : `it is enabled: drbddctl disable ${name}`;
    return new CtlError(`There is no file "${path}"`, { remedy });
  }

  /**
   * Refuses a file that was named by one of its resources, as the command would affect everything in it.
   * @throws {CtlError} If it contains more than that resource.
   */
  requireAlone({ path, besides = [] }: ConfigFile): void {
    if (besides.length === 0) return;
    throw new CtlError(`The resource is in "${path}" together with ${besides.join(", ")}`, {
      remedy: `for all of them name the file: ${stem(baseName(path))}`,
      exitCode: EXIT.usage,
    });
  }

  /** Both the enabled and the disabled form of a file exist. */
  both(one: string, other: string): CtlError {
    return new CtlError(`"${one}" and "${other}" both exist`, {
      remedy:
        `compare them (drbddctl cat ${one} ${other}) and remove one: drbddctl rm, with --disabled for the disabled one`,
    });
  }

  async #named(word: string, wanted: Wanted): Promise<ConfigFile> {
    if (word.startsWith("/") && (word === this.main || await this.exists(word) && wanted === "any")) {
      return { path: word, isEnabled: isEnabledPath(word) };
    }
    const absolute = this.#absolute(word);
    const holder = await this.#holderOf(word, absolute, wanted);
    const besides = holder === undefined ? {} : { besides: holder.besides };
    const base = stem(holder?.path ?? absolute);
    const enabled = { path: base + ENABLED, isEnabled: true, ...besides };
    const disabled = { path: base + DISABLED, isEnabled: false, ...besides };
    if (wanted !== "any") return wanted === "enabled" ? enabled : disabled;
    for (const file of word.endsWith(DISABLED) ? [disabled, enabled] : [enabled, disabled]) {
      if (await this.exists(file.path)) return file;
    }
    throw await this.missing(enabled.path);
  }

  /** The snippet that contains a resource of that name. */
  async #holderOf(word: string, absolute: string, wanted: Wanted): Promise<Holder | undefined> {
    if (word !== stem(word) || word.startsWith("/")) return undefined;
    if (await this.exists(absolute + ENABLED) || await this.exists(absolute + DISABLED)) return undefined;
    const holders: Holder[] = [];
    for (const { path } of await this.snippets("any")) {
      const besides = besidesResource(word, await this.#tableOf(path));
      if (besides !== undefined) holders.push({ path, besides });
    }
    return holders.find(({ path }) => isEnabledPath(path) === (wanted !== "disabled")) ?? holders[0];
  }

  /** Empty if the file cannot be read: reading it later will report the error. */
  async #tableOf(path: string): Promise<Table> {
    return readDocument(path, await this.files.readText(path).catch(() => "")).table;
  }

  #absolute(word: string): string {
    if (word.startsWith("/")) return word;
    if (word === "" || word.includes("/")) {
      throw new CtlError(`No file matches "${word}"`, {
        remedy: `give an absolute path, or the name of a file in ${
          this.directory ?? "the snippets directory"
        }`,
      });
    }
    return `${this.#directory()}/${word}`;
  }

  #directory(): string {
    if (this.directory === undefined) {
      throw new CtlError(`"${this.main}" has no snippets directory (key "snippets")`, {
        remedy: `add this line at its top: snippets = "/etc/drbdd.d"`,
      });
    }
    return this.directory.replace(/\/$/, "");
  }
}

interface Holder {
  readonly path: string;
  readonly besides: readonly string[];
}

/** Names of the resources that a file's promoters have. */
function resourcesIn({ promoter }: Table): string[] {
  const promoters: unknown[] = Array.isArray(promoter) ? promoter : [promoter];
  return promoters.flatMap((each) => {
    const named = childOf(each, "resources");
    return isTable(named) ? Object.keys(named) : [];
  });
}

/** The other content of a file with a promoter's resource of that name; undefined if it has no such resource. */
function besidesResource(name: string, table: Table): string[] | undefined {
  const { promoter: _, ...others } = table;
  const resources = resourcesIn(table);
  if (!resources.includes(name)) return undefined;
  const plugins = Object.keys(others).filter((key) => !isToolTable(key, others[key]));
  return [...resources.filter((other) => other !== name), ...plugins];
}

export function baseName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}
