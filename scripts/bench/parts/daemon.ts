/** One run of the daemon over a stream, as a separate process. */

export interface Trial {
  readonly stream: string;
  /** What starts drbdd, without its arguments. */
  readonly command: readonly string[];
  readonly subscriber: "debugger" | "umh";
  readonly prometheus: boolean;
}

export interface Measurement {
  /** From the start of the process until the last line was reported. */
  readonly seconds: number;
  /** User and system time of the daemon until then. */
  readonly cpuSeconds: number;
  readonly peakMib: number;
}

/** Clock ticks a second, in /proc: 100 on every Linux that Deno runs on. */
const TICKS = 100;

const BARE_READER = new URL("./bare_reader.ts", import.meta.url).pathname;

/** Runs the daemon once. @throws If it ends before the last line was reported. */
export async function measureDaemon(trial: Trial): Promise<Measurement> {
  const folder = await Deno.makeTempDir({ prefix: "drbdd-bench-" });
  try {
    const fired = `${folder}/fired`;
    await Deno.writeTextFile(`${folder}/drbdd.toml`, configOf(trial, fired));
    await Deno.writeTextFile(`${folder}/drbdsetup`, standIn(trial.stream), { mode: 0o755 });
    const start = performance.now();
    const child = daemon(trial, folder).spawn();
    try {
      await Promise.race([
        trial.subscriber === "umh" ? untilThere(fired) : untilPrinted(child.stderr, "SENTINEL"),
        child.status.then(({ code }) => {
          throw new Error(`The daemon ended with exit code ${code}`);
        }),
      ]);
      const seconds = (performance.now() - start) / 1000;
      return { seconds, ...await usageOf(child.pid) };
    } finally {
      child.kill("SIGTERM");
      await child.status;
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Seconds from the start of a program that only reads the stream, run by this Deno, until it has the last line. */
export async function measureBareReader(stream: string): Promise<number> {
  const folder = await Deno.makeTempDir({ prefix: "drbdd-bench-" });
  try {
    await Deno.writeTextFile(`${folder}/drbdsetup`, standIn(stream), { mode: 0o755 });
    const start = performance.now();
    const { success } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--no-check", "--no-config", "--no-lock", BARE_READER],
      env: { PATH: `${folder}:${Deno.env.get("PATH") ?? ""}` },
    }).output();
    if (!success) throw new Error("The program that only reads the stream failed");
    return (performance.now() - start) / 1000;
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function daemon({ command: [program = "", ...args], subscriber }: Trial, folder: string): Deno.Command {
  return new Deno.Command(program, {
    args: [...args, "--config", `${folder}/drbdd.toml`],
    env: { PATH: `${folder}:${Deno.env.get("PATH") ?? ""}` },
    stdin: "null",
    stdout: "null",
    stderr: subscriber === "umh" ? "null" : "piped",
  });
}

function configOf({ subscriber, prometheus }: Trial, fired: string): string {
  const exporter = prometheus ? '[[prometheus]]\naddress = "127.0.0.1:0"\nenums = true\n' : "";
  const reader = subscriber === "umh"
    ? `[[umh]]\n[[umh.resource]]\nresource-name = "SENTINEL"\ncommand = "touch ${fired}"\n`
    : '[[log]]\nlevel = "debug"\n[[debugger]]\nresources = ["SENTINEL"]\n';
  return `${reader}${exporter}`;
}

/** Prints the stream, then waits for the end of its input as drbdsetup does, keeping its output open. */
function standIn(stream: string): string {
  return `#!/bin/sh\ncat '${stream}'\nwhile read -r _; do :; done\n`;
}

async function untilPrinted(output: ReadableStream<Uint8Array>, text: string): Promise<void> {
  for await (const part of output.pipeThrough(new TextDecoderStream())) {
    if (part.includes(text)) return;
  }
}

async function untilThere(path: string): Promise<void> {
  while (await Deno.stat(path).then(() => false, () => true)) {
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

async function usageOf(pid: number): Promise<{ cpuSeconds: number; peakMib: number }> {
  const stat = await Deno.readTextFile(`/proc/${pid}/stat`);
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const status = await Deno.readTextFile(`/proc/${pid}/status`);
  return {
    cpuSeconds: (Number(fields[11]) + Number(fields[12])) / TICKS,
    peakMib: Number(/VmHWM:\s+(\d+)/.exec(status)?.[1]) / 1024,
  };
}
