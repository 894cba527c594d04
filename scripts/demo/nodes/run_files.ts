/** The files of a simulated node: a folder that stands for its root, of which the model of systemd reads drop-ins. */
import { SHIM } from "../../../tests/simulation/cluster/setup/unit_texts.ts";
import type { FileTexts } from "../../../tests/simulation/cluster/setup/unit_texts.ts";
import { CLUSTER } from "./definition.ts";

const UNITS = "/run/systemd/system";

/** Drop-ins as they are on disk: the daemon of the node, a process of its own, writes them. */
export class RunFiles implements FileTexts {
  #texts = new Map<string, string>();
  #version = 0;

  /** `runtime` is the RuntimeDirectory of drbdd: sockets are in it, whose paths may not be long. */
  constructor(readonly root: string, readonly runtime: string) {}

  get version(): number {
    return this.#version;
  }

  texts(): Iterable<readonly [path: string, text: string]> {
    return this.#texts;
  }

  /** As after a boot: nothing of an earlier life is in /run. */
  async reset(): Promise<void> {
    for (const path of [`${this.root}/run`, this.runtime]) {
      await Deno.remove(path, { recursive: true }).catch(() => {});
    }
    for (const path of [`${this.root}${UNITS}`, `${this.root}/run/drbdd`, this.runtime]) {
      await Deno.mkdir(path, { recursive: true });
    }
    const devices = CLUSTER.resources.flatMap(({ volumes }) => volumes.map(({ backingDev }) => backingDev));
    await this.#put(SHIM, "secondary-secondary-force)\n");
    await this.#put("/sys/fs/cgroup/cgroup.controllers", "");
    for (const path of devices) await this.#put(path, "");
    this.refresh();
  }

  /** Looks at the drop-ins again. */
  refresh(): void {
    const texts = new Map<string, string>();
    for (const directory of entriesOf(`${this.root}${UNITS}`)) {
      if (!directory.endsWith(".d")) continue;
      for (const name of entriesOf(`${this.root}${UNITS}/${directory}`)) {
        const path = `${UNITS}/${directory}/${name}`;
        const text = textOf(`${this.root}${path}`);
        if (text !== undefined) texts.set(path, text);
      }
    }
    const isSame = texts.size === this.#texts.size &&
      [...texts].every(([path, text]) => this.#texts.get(path) === text);
    if (isSame) return;
    this.#texts = texts;
    this.#version++;
  }

  async #put(path: string, text: string): Promise<void> {
    const file = `${this.root}${path}`;
    await Deno.mkdir(file.slice(0, file.lastIndexOf("/")), { recursive: true });
    await Deno.writeTextFile(file, text);
  }
}

/** Sorted; none of a directory that is not there. */
function entriesOf(directory: string): string[] {
  try {
    return [...Deno.readDirSync(directory)].map(({ name }) => name).sort();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

/** Undefined if the daemon has removed it meanwhile. */
function textOf(path: string): string | undefined {
  try {
    return Deno.readTextFileSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
