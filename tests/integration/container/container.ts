/**
 * A Debian with a systemd of its own, in namespaces of this machine, for one test.
 *
 *     await using box = await Container.start({ name: "alpha", files: { "/etc/systemd/system/a.service": text } });
 *     await box.systemctl("start", "a.service");
 *
 * It takes half a second to boot, sees no network and only those files of the machine that are bound into it; what
 * it writes elsewhere is in memory. It ends, with all its processes, mounts and cgroups, with the scope that holds it, and
 * with this process however that ends. Any number of them run side by side.
 */
import { basename, dirname } from "node:path/posix";
import { DEADLINE_MS } from "../../support/processes/deadline.ts";
import { cgroup2Mount } from "./cgroup2.ts";
import { describe, runInside, type RunOptions, type RunResult } from "./inside.ts";
import { rootFileSystem } from "./root.ts";
import { type Ending, Supervisor } from "./supervisor.ts";

/** What the machine must have for `Container.start`, in the words of `requires`. */
export const CONTAINER_NEEDS = ["root", "cgroup2", "mmdebstrap", "nsenter", "tar", "unshare"] as const;

/** Text of a file with the mode 0644, or with another one. */
export type ContainerFile = string | { readonly text: string; readonly mode: number };

export interface ContainerOptions {
  /** Also the name of the host inside. Need not differ from others. */
  readonly name: string;
  /** Absolute paths of files and folders of this machine, and where the container has them. It can write to them. */
  readonly bind?: Readonly<Record<string, string>>;
  /** By absolute path inside: there before systemd starts. */
  readonly files?: Readonly<Record<string, ContainerFile>>;
}

const POLL_MS = 50;
/** Below systemd's own 90 s, after which it kills what does not stop: that is not to pass for an end in good order. */
const POWER_OFF_MS = 60_000;

export class Container {
  readonly #supervisor: Supervisor;
  #over = false;

  private constructor(
    readonly name: string,
    /** Its cgroup on this machine: a folder. */
    readonly cgroup: string,
    /** The id, outside, of the container's systemd. To look around: `nsenter --target PID --all`. */
    readonly initPid: number,
    supervisor: Supervisor,
  ) {
    this.#supervisor = supervisor;
  }

  /**
   * Boots a container and waits until systemd has started all that belongs to it.
   * @throws {Error} If it does not boot within two minutes. Nothing is left behind then.
   */
  static async start({ name, bind = {}, files = {} }: ContainerOptions): Promise<Container> {
    if (!/^[a-z0-9][a-z0-9-]{0,39}$/.test(name)) throw new Error(`Cannot name a container "${name}"`);
    for (const path of Object.keys(bind)) await Deno.stat(path); // The error names what is not there.
    const cgroups = cgroup2Mount();
    if (cgroups === undefined) throw new Error("Cannot start a container: no cgroup2 file system is mounted");
    const root = await rootFileSystem();
    const stateDirectory = await stage(name, { ...identity(name), ...files });
    const cgroup = `${cgroups}/${basename(stateDirectory)}`;
    const supervisor = new Supervisor({ stateDirectory, cgroup, root, bind });
    try {
      const box = new Container(name, cgroup, await supervisor.initPid(), supervisor);
      await box.#booted();
      return box;
    } catch (error) {
      await supervisor.kill();
      throw new Error(`Cannot boot the container "${name}"`, { cause: error });
    }
  }

  /** Settles when the container has ended, by itself or not, and nothing of it is left. */
  get ended(): Promise<Ending> {
    return this.#supervisor.ended;
  }

  /** Waits for the container to end by itself. @throws {Error} If it does not within `timeoutMs`. */
  async end(timeoutMs = DEADLINE_MS): Promise<Ending> {
    const { promise, reject } = Promise.withResolvers<never>();
    const late = () => reject(new Error(`Waited ${timeoutMs} ms for the container "${this.name}" to end`));
    const timer = setTimeout(late, timeoutMs);
    try {
      return await Promise.race([this.ended, promise]);
    } finally {
      clearTimeout(timer);
    }
  }

  /** Runs a program inside. @throws {Error} If it does not end in time. */
  async run(argv: readonly string[], options?: RunOptions): Promise<RunResult> {
    return await runInside(this.initPid, argv, options);
  }

  /** Runs a program inside and returns its standard output. @throws {Error} If its exit code is not 0. */
  async output(argv: readonly string[], options?: RunOptions): Promise<string> {
    const result = await this.run(argv, options);
    if (result.code !== 0) throw new Error(`"${argv.join(" ")}" failed: ${describe(result)}`);
    return result.stdout;
  }

  async systemctl(...args: readonly string[]): Promise<RunResult> {
    return await this.run(["systemctl", "--no-ask-password", ...args]);
  }

  /** One property of a unit, as `systemctl show` prints it: `property("a.service", "ActiveState")`. */
  async property(unit: string, name: string): Promise<string> {
    return (await this.output(["systemctl", "show", "--value", "--property", name, "--", unit])).trimEnd();
  }

  /** Writes a file, with its folders: readers see the old or the new one. */
  async writeFile(path: string, file: ContainerFile): Promise<void> {
    const { text, mode } = withMode(file);
    const script =
      'mkdir -p "$(dirname "$1")" && cat >"$1.part" && chmod "$2" "$1.part" && mv -T "$1.part" "$1"';
    await this.output(["sh", "-c", script, "sh", path, mode.toString(8)], { stdin: text });
  }

  /** Appends to a file, which is created if it is not there. */
  async appendFile(path: string, text: string): Promise<void> {
    await this.output(["sh", "-c", 'mkdir -p "$(dirname "$1")" && cat >>"$1"', "sh", path], { stdin: text });
  }

  /** @throws {Error} If it is not there. */
  async readFile(path: string): Promise<string> {
    return await this.output(["cat", "--", path]);
  }

  /**
   * Reads a file from outside, without a process inside: for what is asked for again and again. Symbolic links in its path
   * lead astray. Undefined if it is not there.
   */
  async peek(path: string): Promise<string | undefined> {
    try {
      return await Deno.readTextFile(`/proc/${this.initPid}/root${path}`);
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return undefined;
      throw error;
    }
  }

  /** Removes a file. Nothing happens if it is not there. */
  async removeFile(path: string): Promise<void> {
    await this.output(["rm", "-f", "--", path]);
  }

  /** What a unit, and systemd about it, wrote to the journal so far: the messages, one a line. */
  async journal(unit: string): Promise<string> {
    await this.output(["journalctl", "--sync"]);
    return await this.output(["journalctl", "--no-pager", "--output=cat", `--unit=${unit}`]);
  }

  /**
   * Asks every 50 ms until the condition holds.
   * @param what Names the condition in the error: "a.service is active".
   * @throws {Error} If it does not hold within two minutes, on whatever machine; `cause` is what the condition threw last.
   */
  async waitFor(what: string, condition: () => Promise<boolean>): Promise<void> {
    const deadlineMs = performance.now() + DEADLINE_MS;
    let cause: unknown;
    do {
      if (this.#over) throw new Error(`Waited for "${what}": the container has ended`);
      try {
        if (await condition()) return;
        cause = undefined;
      } catch (error) {
        cause = error;
      }
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    } while (performance.now() < deadlineMs);
    throw new Error(`Timed out waiting for "${what}"`, { cause });
  }

  /**
   * Powers the container off as an administrator would.
   * @throws {Error} If it does not end so: after `limitMs` it is killed.
   */
  async powerOff({ limitMs = POWER_OFF_MS }: { readonly limitMs?: number } = {}): Promise<void> {
    const ending = await this.#supervisor.powerOff(limitMs);
    if (ending !== "power-off") {
      throw new Error(`The container "${this.name}" did not power off within ${limitMs} ms: ${ending}`);
    }
  }

  /** Ends the container as a power cut would. */
  async kill(): Promise<void> {
    await this.#supervisor.kill();
  }

  /** Powers off, unless the container has ended before. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#over) await this.ended;
    else await this.powerOff();
  }

  async #booted(): Promise<void> {
    const over = () => void (this.#over = true);
    this.ended.then(over, over);
    let state = "";
    try {
      await this.waitFor("systemd is running or degraded", async () => {
        state = (await this.systemctl("is-system-running")).stdout.trim();
        return state === "running" || state === "degraded";
      });
    } catch (error) {
      const jobs = this.#over ? "" : (await this.systemctl("list-jobs")).stdout;
      throw new Error(`systemd says "${state}"\n${jobs}${this.#supervisor.said}`, { cause: error });
    }
  }
}

/** What distinguishes one machine from another. */
function identity(name: string): Record<string, string> {
  return {
    "/etc/hostname": `${name}\n`,
    "/etc/hosts": `127.0.0.1 localhost\n127.0.1.1 ${name}\n::1 localhost\n`,
    "/etc/machine-id": `${crypto.randomUUID().replaceAll("-", "")}\n`,
  };
}

/** A folder for a container, with its files in it as the scripts expect them. */
async function stage(name: string, files: Readonly<Record<string, ContainerFile>>): Promise<string> {
  const directory = await Deno.makeTempDir({ prefix: `drbdd-test-${name}-` });
  try {
    for (const [path, file] of Object.entries(files)) {
      if (!path.startsWith("/")) throw new Error(`Cannot put a file at "${path}": expected an absolute path`);
      const { text, mode } = withMode(file);
      const staged = `${directory}/files${path}`;
      await Deno.mkdir(dirname(staged), { recursive: true });
      await Deno.writeTextFile(staged, text);
      await Deno.chmod(staged, mode); // Whatever the umask is.
    }
    return directory;
  } catch (error) {
    await Deno.remove(directory, { recursive: true });
    throw error;
  }
}

function withMode(file: ContainerFile): { readonly text: string; readonly mode: number } {
  return typeof file === "string" ? { text: file, mode: 0o644 } : file;
}
