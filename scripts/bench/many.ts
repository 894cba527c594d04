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
/** A daemon that has not started all by then is given up. */
const MOST_MS = 180_000;

/** `program` is the command line of the daemon, without `--config`. */
export async function manyOf(node: ManyNode, program: readonly string[]): Promise<Many> {
  const { folder, names } = node;
  const systemd = Deno.listenDatagram({ transport: "unixpacket", path: `${folder}/notify` });
  const [command = "", ...args] = [
    ...["unshare", "--map-root-user", "--mount", "sh", "-c", OWN_RUN, "sh"],
    ...program,
    ...["--config", `${folder}/drbdd.toml`],
  ];
  const beganMs = now();
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
    const ready = untilReady(systemd).then(() => now() - beganMs);
    const starts = async () => (await Deno.readTextFile(`${folder}/starts`)).split("\n").slice(0, -1);
    while ((await starts()).length < names.length && now() - beganMs < MOST_MS) await pause(20);
    const cpuMs = await cpuMsOf(child.pid);
    const timesMs = (await starts()).map((line) => Number(line.split(" ")[0]) * 1_000);
    await log.said("r0: start: done");
    // What else follows from so many starts is not to disturb the reload.
    await pause(2_000);
    const last = names.at(-1) ?? "";
    await writeConfig(node, new Map([[last, "more.service"]]));
    const reloadedMs = now();
    child.kill("SIGHUP");
    await log.said("Configuration reloaded");
    const reloadMs = now() - reloadedMs;
    return {
      firstStartMs: Math.min(...timesMs) - beganUptimeMs,
      lastStartMs: timesMs.length < names.length ? NaN : Math.max(...timesMs) - beganUptimeMs,
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

class Log {
  #text = "";
  readonly over: Promise<void>;

  constructor(stderr: ReadableStream<Uint8Array>) {
    this.over = this.#read(stderr);
  }

  async said(words: string): Promise<void> {
    const endMs = now() + MOST_MS;
    while (!this.#text.includes(words)) {
      if (now() > endMs) throw new Error(`The daemon did not say "${words}":\n${this.#text.slice(-2000)}`);
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
