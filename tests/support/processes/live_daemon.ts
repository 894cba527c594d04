/** The real daemon with a stand-in for drbdsetup that a test can make print while it runs. */
import assert from "node:assert/strict";
import { type DaemonOptions, DaemonProcess } from "./daemon_process.ts";

/** Prints what is appended to a file, until its input ends as that of the real drbdsetup would. */
const DRBDSETUP = `
[ "$1" = events2 ] || exec cat "$DIR/status"
tail -n +1 -f "$DIR/events2" &
trap 'kill $! 2>/dev/null; exit' TERM EXIT
while read -r _; do :; done`;

const API_ADDRESS = /Serving the API at (\S+)/;

export class LiveDaemon implements AsyncDisposable {
  private constructor(readonly process: DaemonProcess, readonly url: string) {}

  /**
   * Waits until it can be asked: `where` finds the address in what it says. Without a table of its own, `config` is one
   * `[[api]]` on a free port.
   */
  static async start(
    lines: readonly string[],
    options: Partial<DaemonOptions> = {},
    where = API_ADDRESS,
  ): Promise<LiveDaemon> {
    const process = await DaemonProcess.start({
      config: '[[api]]\naddress = "127.0.0.1:0"\n',
      ...options,
      programs: { drbdsetup: DRBDSETUP, ...options.programs },
      files: { "events2": text(lines), "status": "", ...options.files },
    });
    await process.said(where);
    const [, url = ""] = where.exec(process.matching(where)[0] ?? "") ?? [];
    assert.match(url, /^(https?|unix):/);
    return new LiveDaemon(process, url);
  }

  /** drbdsetup prints these lines next. */
  async print(...lines: readonly string[]): Promise<void> {
    await Deno.writeTextFile(this.process.path("events2"), text(lines), { append: true });
  }

  /** Waits until the first dump was read. */
  async known(): Promise<this> {
    await this.process.said(/The state of all resources is known/);
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const children = await this.process.descendants();
    await this.process[Symbol.asyncDispose]();
    // What the killed daemon left behind.
    for (const pid of children) {
      try {
        Deno.kill(pid, "SIGKILL");
      } catch {
        // It has ended.
      }
    }
  }
}

function text(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join("");
}
