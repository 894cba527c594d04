/** The real daemon as a process, with stand-ins for the programs it runs first on its PATH. */
import assert from "node:assert/strict";
import { permissionFlags } from "../../../scripts/build/permission_flags.ts";
import { DEADLINE_MS } from "./deadline.ts";

const PROJECT = new URL("../../../", import.meta.url).pathname;

/** Run from source, threads read what they are made of. */
const FLAGS = permissionFlags().map((flag) => flag.startsWith("--allow-read=") ? `${flag},${PROJECT}` : flag);

/** How to run the daemon: from source in the same sandbox, or a compiled one if DRBDD_PROGRAM names it. */
export function daemonCommand(args: readonly string[]): { program: string; args: string[] } {
  const compiled = Deno.env.get("DRBDD_PROGRAM");
  return compiled === undefined
    ? {
      program: Deno.execPath(),
      args: ["run", "--quiet", "--no-check", ...FLAGS, `${PROJECT}main.ts`, ...args],
    }
    : { program: compiled, args: [...args] };
}

export interface DaemonOptions {
  readonly config: string;
  /** Shell scripts by the names of the programs they stand in for. `$DIR` is the daemon's temporary folder. */
  readonly programs?: Readonly<Record<string, string>>;
  /** Other files, by path below the temporary folder. */
  readonly files?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
  /** Besides the one that names the configuration. */
  readonly args?: readonly string[];
  /** A compiled program to run instead of drbdd. */
  readonly program?: string;
  /** A command that becomes the daemon, whose command line follows. */
  readonly within?: readonly string[];
}

/** A stand-in for drbdsetup that prints `$DIR/events2`, and ends as the real one does when its input ends. */
export const PLAIN_DRBDSETUP = `cat "$DIR/events2"; while read -r _; do :; done`;

export class DaemonProcess implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #reading: Promise<void>;
  readonly #arrived: (() => void)[] = [];
  /** What it wrote to standard error, by line. */
  readonly lines: string[] = [];
  readonly exitCode: Promise<number>;

  private constructor(child: Deno.ChildProcess, readonly folder: string) {
    this.#child = child;
    this.#reading = this.#read(child.stderr);
    this.exitCode = child.status.then(async ({ code }) => {
      await this.#reading;
      return code;
    });
  }

  static async start(
    { config, programs = {}, files = {}, env = {}, args: more = [], within = [], program: instead }:
      DaemonOptions,
  ): Promise<DaemonProcess> {
    const folder = await Deno.makeTempDir({ prefix: "drbdd-test-" });
    const inFolder = (text: string) => text.replaceAll("$DIR", folder);
    await Deno.mkdir(`${folder}/bin`);
    // As systemd's RuntimeDirectory=. The sandbox has no writing beside programs, so /tmp as a whole would not do.
    await Deno.mkdir(`${folder}/runtime`);
    for (const [name, script] of Object.entries(programs)) {
      await Deno.writeTextFile(`${folder}/bin/${name}`, inFolder(`#!/bin/sh\n${script}\n`), { mode: 0o755 });
    }
    for (const [name, text] of Object.entries({ ...files, "drbdd.toml": config })) {
      const path = `${folder}/${name}`;
      await Deno.mkdir(path.slice(0, path.lastIndexOf("/")), { recursive: true });
      await Deno.writeTextFile(path, inFolder(text));
    }
    const arguments_ = ["--config", `${folder}/drbdd.toml`, ...more];
    const command = instead === undefined
      ? daemonCommand(arguments_)
      : { program: instead, args: arguments_ };
    const [program = "", ...args] = [...within, command.program, ...command.args];
    const inherited = Object.fromEntries(["HOME", "DENO_DIR", "XDG_CACHE_HOME"].flatMap((name) => {
      const value = Deno.env.get(name);
      return value === undefined ? [] : [[name, value]];
    }));
    const child = new Deno.Command(program, {
      args,
      clearEnv: true,
      env: {
        ...inherited,
        RUNTIME_DIRECTORY: `${folder}/runtime`,
        PATH: `${folder}/bin:${Deno.env.get("PATH") ?? ""}`,
        ...env,
      },
      stdin: "null",
      stdout: "null",
      stderr: "piped",
    }).spawn();
    return new DaemonProcess(child, folder);
  }

  get pid(): number {
    return this.#child.pid;
  }

  kill(signal: Deno.Signal): void {
    this.#child.kill(signal);
  }

  path(name: string): string {
    return `${this.folder}/${name}`;
  }

  /** Writes a file below the folder, in one step. */
  async put(name: string, text: string): Promise<void> {
    await Deno.writeTextFile(`${this.path(name)}.new`, text.replaceAll("$DIR", this.folder));
    await Deno.rename(`${this.path(name)}.new`, this.path(name));
  }

  /** Waits for a line that matches, beginning at a place in `lines`; returns the place after it. */
  async said(pattern: RegExp, from = 0): Promise<number> {
    let place = from;
    await this.until(() => {
      while (place < this.lines.length) {
        if (pattern.test(this.lines[place++] ?? "")) return true;
      }
      return false;
    }, `a line like ${pattern}`);
    return place;
  }

  /** Waits until `condition` holds; it is looked at whenever something was written, and every few milliseconds. */
  async until(condition: () => boolean | Promise<boolean>, what: string): Promise<void> {
    const end = performance.now() + DEADLINE_MS;
    while (!await condition()) {
      assert.ok(performance.now() < end, `Timed out waiting for ${what}. It said:\n${this.lines.join("\n")}`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, 20);
        this.#arrived.push(() => {
          clearTimeout(timer);
          resolve();
        });
      });
    }
  }

  /** Lines that match. */
  matching(pattern: RegExp): string[] {
    return this.lines.filter((line) => pattern.test(line));
  }

  /** Pids of the processes that descend from the daemon. */
  async descendants(): Promise<number[]> {
    const parents = new Map<number, number>();
    for await (const { name } of Deno.readDir("/proc")) {
      if (!/^\d+$/.test(name)) continue;
      const stat = await Deno.readTextFile(`/proc/${name}/stat`).catch(() => "");
      const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      if (fields[0] !== "Z" && fields[1] !== undefined) parents.set(Number(name), Number(fields[1]));
    }
    const found = new Set([this.pid]);
    for (let size = 0; size < found.size;) {
      size = found.size;
      for (const [pid, parent] of parents) {
        if (found.has(parent)) found.add(pid);
      }
    }
    found.delete(this.pid);
    return [...found];
  }

  /** Stops it in an orderly way, and sees to it that nothing is left. */
  async stop(): Promise<number> {
    const children = await this.descendants();
    this.kill("SIGTERM");
    const code = await this.exitCode;
    for (const pid of children) {
      await this.until(() => isGone(pid), `the end of process ${pid}`);
    }
    return code;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.#child.kill("SIGKILL");
    } catch {
      // It has ended.
    }
    await this.exitCode;
    await removeInUse(this.folder);
  }

  async #read(output: ReadableStream<Uint8Array>): Promise<void> {
    let rest = "";
    for await (const text of output.pipeThrough(new TextDecoderStream())) {
      const lines = (rest + text).split("\n");
      rest = lines.pop() ?? "";
      this.lines.push(...lines);
      for (const wake of this.#arrived.splice(0)) wake();
    }
    if (rest !== "") this.lines.push(rest);
  }
}

/** Whether a process has ended, collected by its parent or not. */
export async function isGone(pid: number): Promise<boolean> {
  const stat = await Deno.readTextFile(`/proc/${pid}/stat`).catch(() => undefined);
  return stat === undefined || stat.slice(stat.lastIndexOf(")") + 2).startsWith("Z");
}

/** Removes a folder in which programs that the daemon started, and that outlive it, may still write for a moment. */
async function removeInUse(folder: string): Promise<void> {
  for (let attempt = 1;; attempt++) {
    try {
      return await Deno.remove(folder, { recursive: true });
    } catch (error) {
      if (!(error instanceof Error) || !/not empty/.test(error.message) || attempt === 20) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
