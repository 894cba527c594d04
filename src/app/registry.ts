/**
 * The daemons of this node, and what each of them manages: no two with the same configuration, and no two for one resource,
 * as both would start its services.
 *
 * Each daemon holds a file of its own as long as it runs, whose text says what it manages. One that was killed holds
 * nothing any more, whatever the file says. Who looks at the files and writes its own holds `lock` meanwhile.
 */
import * as v from "valibot";
import type { Effects, Files } from "../effects/effects.ts";
import type { HeldFile, Locks } from "../effects/locks.ts";

/** What a daemon keeps others from. */
export interface Claims {
  /** Path of its configuration, without links. */
  readonly config: string;
  /** Resources whose services it starts and stops. */
  readonly resources: readonly string[];
}

const ENTRY = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({ config: v.string(), resources: v.array(v.string()) }),
);

/** A daemon that is just looking at the others is waited for so long. */
const LOOK_MS = 5_000;
/** A file that is free is had at once; a node may be busy. */
const FREE_MS = 1_000;
const LOCK = "lock";

/** As of systemd's RuntimeDirectory=, or where that would be. */
const RUNTIME_DIRECTORY = "/run/drbdd";

/** The registry of the node on which this process runs. */
export function registryOf(effects: Effects, locks: Locks): Registry {
  const directory = effects.environment("RUNTIME_DIRECTORY")?.split(":")[0] ?? RUNTIME_DIRECTORY;
  return new Registry(effects.files, locks, `${directory}/daemons`, effects.pid);
}

export class Registry {
  #own: HeldFile | undefined;

  /** `pid` is this daemon's. */
  constructor(readonly files: Files, readonly locks: Locks, readonly folder: string, readonly pid: number) {}

  /**
   * Claims what this daemon manages from now on, instead of what it claimed before. Returns why it cannot: another one
   * has it; then nothing has changed. @throws {FileError} If the files cannot be used.
   */
  async claim(claims: Claims): Promise<string | undefined> {
    await this.files.makeDirectory(this.folder);
    const looking = await this.locks.take(`${this.folder}/${LOCK}`, LOOK_MS);
    if (looking === undefined) {
      return `another drbdd has held "${this.folder}/${LOCK}" for ${LOOK_MS / 1000} s`;
    }
    try {
      const conflict = await this.#conflictWith(claims);
      if (conflict !== undefined) return conflict;
      this.#own ??= await this.locks.take(this.#pathOf(String(this.pid)), FREE_MS);
      await this.#own?.write(JSON.stringify(claims));
      return undefined;
    } finally {
      looking.close();
    }
  }

  /** The daemon ends. Never rejects: what is left is free. */
  async leave(): Promise<void> {
    if (this.#own === undefined) return;
    await this.files.remove(this.#pathOf(String(this.pid))).catch(() => {});
    this.#own.close();
    this.#own = undefined;
  }

  async #conflictWith(claims: Claims): Promise<string | undefined> {
    const names = (await this.files.list(this.folder)).filter((name) => /^\d+$/.test(name));
    for (const name of names) {
      if (name === String(this.pid) && this.#own !== undefined) continue;
      const left = await this.locks.take(this.#pathOf(name), FREE_MS);
      if (left !== undefined) {
        await this.files.remove(this.#pathOf(name));
        left.close();
        continue;
      }
      const conflict = conflictOf(claims, name, await this.files.readText(this.#pathOf(name)));
      if (conflict !== undefined) return conflict;
    }
    return undefined;
  }

  #pathOf(name: string): string {
    return `${this.folder}/${name}`;
  }
}

function conflictOf(claims: Claims, pid: string, text: string): string | undefined {
  const { success, output: other } = v.safeParse(ENTRY, text);
  if (!success) return `another drbdd, process ${pid}, runs on this node, and does not say what it manages`;
  const who = `another drbdd, process ${pid} with the configuration ${other.config}`;
  if (other.config === claims.config) return `${who}, runs on this node already`;
  const both = claims.resources.filter((name) => other.resources.includes(name));
  return both.length === 0
    ? undefined
    : `${who}, starts and stops the services of ${both.join(", ")} on this node already`;
}
