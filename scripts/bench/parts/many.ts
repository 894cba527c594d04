/** A daemon that starts many resources, and reads a changed table of one of them. */
import { type ManyNode, writeConfig } from "./many_node.ts";
import { cpuMsOf, untilReady } from "./started.ts";

/** Milliseconds from the start of the process, or of the reload. */
export interface Many {
  readonly firstStartMs: number;
  readonly lastStartMs: number;
  readonly readyMs: number;
  /** Until the daemon logs that the configuration was reloaded. */
  readonly reloadMs: number;
  /** Processor time of the daemon alone, from the start until all are started. */
  readonly cpuMs: number;
}

const OWN_RUN = 'mount -t tmpfs none /run && mkdir -p /run/systemd/system && exec "$@"';
/** A daemon that has not started all by then is given up: the figures that are missing are NaN. */
const MOST_MS = 180_000;
/** Older daemons, to compare with, have other words for it. */
const RELOADED = /Configuration reloaded|The configuration was read again/;

/** `program` is the command line of the daemon, without `--config`. */
export async function manyOf(node: ManyNode, program: readonly string[]): Promise<Many> {
  const { folder, names } = node;
  const systemd = Deno.listenDatagram({ transport: "unixpacket", path: `${folder}/notify` });
  const [command = "", ...args] = [
    ...["unshare", "--map-root-user", "--mount", "sh", "-c", OWN_RUN, "sh"],
    ...program,
    ...["--config", `${folder}/drbdd.toml`],
  ];
  const startedMs = now();
  const beganUptimeMs = await uptimeMs();
  const child = new Deno.Command(command, {
    args,
    clearEnv: true,
    env: {
      PATH: `${folder}/bin:/usr/bin:/bin`,
      HOME: Deno.env.get("HOME") ?? "/root",
      NOTIFY_SOCKET: `${folder}/notify`,
      RUNTIME_DIRECTORY: `${folder}/runtime`,
    },
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).spawn();
  const log = new Log(child.stderr);
  try {
    const ready = untilReady(systemd).then(() => now() - startedMs);
    const starts = async () => (await Deno.readTextFile(`${folder}/starts`)).split("\n").slice(0, -1);
    while ((await starts()).length < names.length && now() - startedMs < MOST_MS) await pause(20);
    const cpuMs = await cpuMsOf(child.pid);
    const timesMs = (await starts()).map((line) => Number(line.split(" ")[0]) * 1_000);
    const isWhole = timesMs.length === names.length;
    const reloadMs = isWhole ? await reload(node, child, log) : NaN;
    return {
      firstStartMs: Math.min(...timesMs) - beganUptimeMs,
      lastStartMs: isWhole ? Math.max(...timesMs) - beganUptimeMs : NaN,
      readyMs: await ready,
      reloadMs,
      cpuMs,
    };
  } finally {
    child.kill("SIGTERM");
    await child.status;
    await log.over;
    systemd.close();
  }
}

/** Changes the table of the last resource. */
async function reload(node: ManyNode, daemon: Deno.ChildProcess, log: Log): Promise<number> {
  await log.said(/r0: start: done/);
  // What else follows from so many starts is not to disturb the reload.
  await pause(2_000);
  await writeConfig(node, new Map([[node.names.at(-1) ?? "", "more.service"]]));
  const startedMs = now();
  daemon.kill("SIGHUP");
  await log.said(RELOADED);
  return now() - startedMs;
}

class Log {
  #text = "";
  readonly over: Promise<void>;

  constructor(stderr: ReadableStream<Uint8Array>) {
    this.over = this.#read(stderr);
  }

  async said(words: RegExp): Promise<void> {
    const endMs = now() + MOST_MS;
    while (!words.test(this.#text)) {
      if (now() > endMs) throw new Error(`The daemon did not say ${words}:\n${this.#text.slice(-2000)}`);
      await pause(5);
    }
  }

  async #read(stderr: ReadableStream<Uint8Array>): Promise<void> {
    for await (const text of stderr.pipeThrough(new TextDecoderStream())) this.#text += text;
  }
}

/** Since boot, in steps of 10: a shell knows it without another program. */
async function uptimeMs(): Promise<number> {
  return Number((await Deno.readTextFile("/proc/uptime")).split(" ")[0]) * 1_000;
}

function now(): number {
  return performance.timeOrigin + performance.now();
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
