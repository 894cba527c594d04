/**
 * The process that boots a container and cleans up after it (supervise.sh), seen from the test.
 *
 * It lives in a session of its own and watches a pipe of this process. So a container ends with its test, whether that
 * fails, hangs until someone presses Ctrl-C, or is killed.
 */
import { cgroup2Mount, ownCgroup2 } from "./cgroup2.ts";

/** How a container ended. It died if it was killed, by the test or for a power-off that took too long, or crashed. */
export type Ending = "power-off" | "reboot" | "died";

/** unshare ends as its child did: by the signals that the kernel makes of a power-off and a reboot. */
const ENDINGS: ReadonlyMap<string, Ending> = new Map([["130", "power-off"], ["129", "reboot"]]);

const MAX_CONSOLE_CHARACTERS = 64 * 1024;

/** The container's processes by their ids outside. */
interface Pids {
  readonly init: number;
  readonly unshare: number;
}

export interface SupervisorOptions {
  /** The container's own folder: its `files` are laid over the root file system. Removed at the end. */
  readonly stateDirectory: string;
  /** The container's cgroup: a path on a cgroup2 file system. Created, and removed at the end. */
  readonly cgroup: string;
  readonly root: string;
  /** Absolute paths outside, and where they show inside. */
  readonly bind: Readonly<Record<string, string>>;
}

export class Supervisor {
  readonly #child: Deno.ChildProcess;
  readonly #lifeline: WritableStreamDefaultWriter<Uint8Array>;
  readonly #pids = Promise.withResolvers<Pids>();
  #initPid: number | undefined;
  #said = "";

  /** Settles when the container has ended and nothing of it is left. Rejects if something had to be left. */
  readonly ended: Promise<Ending>;

  constructor({ stateDirectory, cgroup, root, bind }: SupervisorOptions) {
    this.#child = new Deno.Command("sh", {
      args: [
        `${import.meta.dirname}/supervise.sh`,
        stateDirectory,
        cgroup,
        root,
        ...Object.entries(bind).flat(),
      ],
      clearEnv: true,
      env: { PATH: "/usr/sbin:/usr/bin:/sbin:/bin", LC_ALL: "C.UTF-8" },
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
      detached: true,
    }).spawn();
    this.#lifeline = this.#child.stdin.getWriter();
    this.#pids.promise.catch(() => {}); // Whoever does not boot it needs no answer.
    this.ended = this.#watch();
    this.ended.catch(() => {}); // Whoever awaits it handles the error.
  }

  /** What the scripts wrote to standard error: empty when all is well. */
  get said(): string {
    return this.#said;
  }

  /**
   * The id, outside, of the container's first process. It is known before systemd runs.
   * @throws {Error} If the container ended before.
   */
  async initPid(): Promise<number> {
    this.#initPid ??= await this.#moveOut(await this.#pids.promise);
    return this.#initPid;
  }

  /** Asks for a power-off and waits for the end. If it takes longer than `limitMs`, the container is killed. */
  async powerOff(limitMs: number): Promise<Ending> {
    await this.#send(`poweroff ${await this.initPid()} ${Math.ceil(limitMs / 100)}\n`);
    return await this.ended;
  }

  /** Ends the container as a power cut would, and waits until it is gone. */
  async kill(): Promise<Ending> {
    await this.#send("");
    return await this.ended;
  }

  async #send(text: string): Promise<void> {
    try {
      if (text !== "") await this.#lifeline.write(new TextEncoder().encode(text));
      await this.#lifeline.close();
    } catch {
      // It has ended by itself, or was signalled before. `ended` has the rest.
    }
  }

  /** With unshare in it, the container's topmost cgroup could not hand out controllers where cgroup2 has them. */
  async #moveOut({ init, unshare }: Pids): Promise<number> {
    const ownProcesses = `${cgroup2Mount()}${ownCgroup2()}/cgroup.procs`;
    await Deno.writeTextFile(ownProcesses, String(unshare), { create: false });
    return init;
  }

  async #watch(): Promise<Ending> {
    const [status] = await Promise.all([this.#readStatus(), this.#readConsole()]);
    const { success } = await this.#child.status;
    await this.#send("");
    this.#pids.reject(new Error(`The container ended before its systemd ran\n${this.#said}`));
    if (!success) throw new Error(`Cannot make or remove what the container needs\n${this.#said}`);
    return ENDINGS.get(status) ?? "died";
  }

  async #readStatus(): Promise<string> {
    let text = "";
    let status = "";
    for await (const chunk of this.#child.stdout.pipeThrough(new TextDecoderStream())) {
      const lines = (text + chunk).split("\n");
      text = lines.pop() ?? "";
      for (const line of lines) {
        const [word, first = "", second = ""] = line.split(" ");
        if (word === "pids") this.#pids.resolve({ init: Number(first), unshare: Number(second) });
        if (word === "ended") status = first;
      }
    }
    return status;
  }

  async #readConsole(): Promise<void> {
    for await (const chunk of this.#child.stderr.pipeThrough(new TextDecoderStream())) {
      this.#said = (this.#said + chunk).slice(-MAX_CONSOLE_CHARACTERS);
    }
  }
}
