/**
 * The daemons of this node and what each manages: no two may have the same configuration or a resource in common, as both
 * would start its services.
 *
 * Each daemon keeps a lock on its own file, which lists what it manages; the lock ends with the process. A daemon holds
 * `lock` while it reads the files of others and writes its own.
 */
import { runtimeDirectory } from "../effects/own_folders.ts";
import * as v from "valibot";
import type { Effects, Files } from "../effects/effects.ts";
import type { HeldFile, Locks } from "../effects/locks.ts";

/** What a daemon claims for itself. */
export interface Claims {
  /** Real path of its configuration. */
  readonly config: string;
  /** Resources whose services it starts and stops. */
  readonly resources: readonly string[];
}

const ENTRY = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({ config: v.string(), resources: v.array(v.string()) }),
);

/** How long to wait for another daemon that holds `lock`. */
const LOOK_MS = 5_000;
/** How long to wait for the lock of a daemon's own file: a free one is locked at once, but the node may be busy. */
const FREE_MS = 1_000;
const LOCK = "lock";

/** Systemd's RuntimeDirectory=, or its default path. */
const RUNTIME_DIRECTORY = "/run/drbdd";

/** The registry of the node on which this process runs. */
export function registryOf(effects: Effects, locks: Locks): Registry {
  const directory = runtimeDirectory((name) => effects.environment(name)) ?? RUNTIME_DIRECTORY;
  return new Registry(effects.files, locks, `${directory}/daemons`, effects.pid);
}

export class Registry {
  #own: HeldFile | undefined;

  /** `pid`: of this daemon. */
  constructor(readonly files: Files, readonly locks: Locks, readonly folder: string, readonly pid: number) {}

  /**
   * Replaces the claims of this daemon. Returns the reason if another daemon has one of them; then nothing has changed.
   * @throws {FileError} If the files cannot be used.
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

  /** Releases the claims when the daemon ends. Never rejects: the lock ends with the process anyway. */
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
  if (!success) return `another drbdd, process ${pid}, runs on this node; what it manages is unknown`;
  const who = `another drbdd, process ${pid} with the configuration ${other.config}`;
  if (other.config === claims.config) return `${who}, runs on this node already`;
  const both = claims.resources.filter((name) => other.resources.includes(name));
  return both.length === 0
    ? undefined
    : `${who}, starts and stops the services of ${both.join(", ")} on this node already`;
}
