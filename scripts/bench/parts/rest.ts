/** One start of the compiled daemon, and what it takes. */
import type { Shape } from "./streams.ts";
import { cpuMsOf, untilReady } from "./started.ts";

/** The clusters for which it is measured. */
export const RESTS: readonly Shape[] = [
  { name: "10 resources, 2 peers, 1 volume", resources: 10, peers: 2, volumes: 1, changes: 0 },
  { name: "1,000 resources, 2 peers, 2 volumes", resources: 1000, peers: 2, volumes: 2, changes: 0 },
];

export interface Trial {
  readonly program: string;
  /** What drbdsetup prints. */
  readonly stream: string;
  /** From READY until memory is measured. */
  readonly settleMs: number;
}

export interface Rest {
  /** From the start of the process until it reported that it is ready. */
  readonly readyMs: number;
  /** Of all processors, until then: hardly changed by what else the machine does. */
  readonly cpuMs: number;
  readonly rssMib: number;
  /** Without what is mapped from the file of the program. */
  readonly ownMib: number;
}

const CONFIG = `[[umh]]
[[umh.resource]]
command = "true"
new.role = "Unknown"
[[prometheus]]
address = "127.0.0.1:0"
enums = true
`;

/** @throws If the daemon ends before it is ready. */
export async function restOf({ program, stream, settleMs }: Trial): Promise<Rest> {
  const folder = await Deno.makeTempDir({ prefix: "drbdd-bench-" });
  try {
    await Deno.mkdir(`${folder}/runtime`);
    await Deno.writeTextFile(`${folder}/drbdd.toml`, CONFIG);
    const standIn = `#!/bin/sh\ncat '${stream}'\nwhile read -r _; do :; done\n`;
    await Deno.writeTextFile(`${folder}/drbdsetup`, standIn, { mode: 0o755 });
    await Deno.writeTextFile(`${folder}/drbdadm`, "#!/bin/sh\n", { mode: 0o755 });
    const systemd = Deno.listenDatagram({ transport: "unixpacket", path: `${folder}/notify` });
    const startMs = performance.now();
    const child = new Deno.Command(program, {
      args: ["--config", `${folder}/drbdd.toml`],
      clearEnv: true,
      env: {
        PATH: `${folder}:/usr/bin:/bin`,
        NOTIFY_SOCKET: `${folder}/notify`,
        RUNTIME_DIRECTORY: `${folder}/runtime`,
      },
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).spawn();
    try {
      await Promise.race([
        untilReady(systemd),
        child.status.then(({ code }) => {
          throw new Error(`The daemon ended with exit code ${code}`);
        }),
      ]);
      const readyMs = performance.now() - startMs;
      const cpuMs = await cpuMsOf(child.pid);
      await new Promise((resolve) => setTimeout(resolve, settleMs));
      const memory = await Deno.readTextFile(`/proc/${child.pid}/smaps_rollup`);
      const mib = (key: string) => Number(new RegExp(`^${key}: +(\\d+) kB$`, "m").exec(memory)?.[1]) / 1024;
      return { readyMs, cpuMs, rssMib: mib("Rss"), ownMib: mib("Anonymous") };
    } finally {
      child.kill("SIGTERM");
      await child.status;
      systemd.close();
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
