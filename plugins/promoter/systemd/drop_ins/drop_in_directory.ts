/** Reads, writes and removes drop-in files in systemd's directory, and remembers their content. */
import { type Files, NotFoundError } from "../../../../src/effects/effects.ts";
import { nameOf } from "./drop_in_state.ts";
import { FILE_NAMES, modeOf, UNIT_DIRECTORY } from "./drop_ins.ts";

/** A drop-in in UNIT.d. */
export interface Place {
  readonly unit: string;
  readonly path: string;
}

/** Texts of files by their paths. */
export type Texts = ReadonlyMap<string, string>;

export class DropInDirectory {
  /** Units whose files changed without systemd having read them. */
  readonly changed = new Set<string>();
  /** Files as last read or written; without a text, files only listed. */
  readonly #known = new Map<string, string | undefined>();

  constructor(readonly files: Files) {}

  /** Files that were listed, read or written, and not removed. */
  known(): Place[] {
    return [...this.#known.keys()].map((path) => ({ unit: unitOf(path), path }));
  }

  /** Files whose known content differs from this. */
  unlikeKnown(texts: Texts): Texts {
    return new Map([...texts].filter(([path, text]) => this.#known.get(path) !== text));
  }

  /**
   * Writes those that differ from what is there. Where it was just listed what is there, what is not among `present` is not
   * read. @throws If one cannot be read or written; others may be written then.
   */
  async put(wanted: Texts, present?: readonly Place[]): Promise<void> {
    const paths = [...wanted.keys()];
    const there = present && new Set(present.map(({ path }) => path));
    const texts = await Promise.all(
      paths.map((path) => there?.has(path) === false ? undefined : this.textOf(path)),
    );
    paths.forEach((path, place) => this.#know(path, texts[place]));
    const differing = paths.filter((path, place) => texts[place] !== wanted.get(path));
    for (const path of differing) this.changed.add(unitOf(path));
    // In parallel: hundreds of resources have a thousand files.
    const written = await Promise.allSettled(
      [...Map.groupBy(differing, directoryOf)].map(async ([directory, files]) => {
        await this.files.makeDirectory(directory);
        for (const path of files) await this.#write(path, wanted.get(path) ?? "");
      }),
    );
    const failed = written.find(({ status }) => status === "rejected");
    if (failed?.status === "rejected") throw failed.reason;
  }

  /** Removes a file, and its directory if that is empty. @throws If that fails. */
  async remove(path: string): Promise<void> {
    this.#known.delete(path);
    if (await this.files.stat(path) === undefined) return;
    this.changed.add(unitOf(path));
    await this.files.remove(path);
    const directory = directoryOf(path);
    const left = await this.#listOrNothing(directory);
    if (left !== undefined && left.length === 0) await this.files.remove(directory);
  }

  /** All drop-ins that drbdd has written, now or before a restart. @throws If they cannot be listed. */
  async present(): Promise<Place[]> {
    const names = (await this.#listOrNothing(UNIT_DIRECTORY) ?? []).filter((name) => name.endsWith(".d"));
    const places = await Promise.all(names.map(async (name) => {
      const directory = `${UNIT_DIRECTORY}/${name}`;
      const files = (await this.#listOrNothing(directory) ?? []).filter((file) => FILE_NAMES.includes(file));
      return files.map((file) => ({ unit: name.slice(0, -2), path: `${directory}/${file}` }));
    }));
    const all = places.flat();
    const paths = new Set(all.map(({ path }) => path));
    for (const path of this.#known.keys()) if (!paths.has(path)) this.#known.delete(path);
    for (const path of paths) this.#known.set(path, this.#known.get(path));
    return all;
  }

  /** Undefined if there is no such file. @throws If it cannot be read. */
  async textOf(path: string): Promise<string | undefined> {
    try {
      return await this.files.readText(path);
    } catch (error) {
      if (error instanceof NotFoundError) return undefined;
      throw error;
    }
  }

  async #write(path: string, text: string): Promise<void> {
    await this.files.writeTextAtomic(path, text, modeOf(path));
    this.#know(path, text);
  }

  #know(path: string, text: string | undefined): void {
    if (text === undefined) this.#known.delete(path);
    else this.#known.set(path, text);
  }

  async #listOrNothing(directory: string): Promise<string[] | undefined> {
    try {
      return await this.files.list(directory);
    } catch (error) {
      if (error instanceof NotFoundError) return undefined;
      throw error;
    }
  }
}

/** Of `DIRECTORY/UNIT.d/FILE`. */
export function unitOf(path: string): string {
  return nameOf(directoryOf(path)).slice(0, -2);
}

function directoryOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/"));
}
