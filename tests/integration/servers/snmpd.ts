/** Debian's snmpd on loopback, as a master agent that anybody may read everything of. */
import { freeTcpPort, freeUdpPort } from "./ports.ts";
import { until } from "./until.ts";

/** Where subagents connect to. */
export type MasterSocket = "tcp" | "unix";

/** One line of snmpwalk, without its type: OID to value. */
export type Walked = ReadonlyMap<string, string>;

export class Snmpd implements AsyncDisposable {
  #child: Deno.ChildProcess | undefined;
  #output: Promise<unknown> = Promise.resolve();

  private constructor(
    readonly folder: string,
    /** As drbdd's configuration has it. */
    readonly address: string,
    readonly port: number,
  ) {}

  /** Prepares one; it does not run yet. */
  static async prepare(socket: MasterSocket = "tcp"): Promise<Snmpd> {
    const folder = await Deno.makeTempDir({ prefix: "drbdd-snmpd-" });
    const address = socket === "tcp" ? `localhost:${freeTcpPort()}` : `unix:${folder}/master`;
    const port = freeUdpPort();
    const master = socket === "tcp" ? address.replace("localhost", "tcp:127.0.0.1") : address;
    await Deno.writeTextFile(
      `${folder}/snmpd.conf`,
      [
        "master agentx",
        `agentXSocket ${master}`,
        // On a busy machine the daemon may get no turn for longer than the second that snmpd waits by itself.
        "agentXTimeout 30",
        `agentaddress udp:127.0.0.1:${port}`,
        "view everything included .1",
        "rocommunity public default -V everything",
        "",
      ].join("\n"),
    );
    return new Snmpd(folder, address, port);
  }

  async start(): Promise<void> {
    // A socket of an earlier life keeps snmpd from listening.
    await Deno.remove(`${this.folder}/master`).catch(() => {});
    this.#child = new Deno.Command("snmpd", {
      args: ["-f", "-Lo", "-C", "-c", `${this.folder}/snmpd.conf`],
      env: {
        SNMP_PERSISTENT_DIR: `${this.folder}/persistent`,
        MIBS: "",
        PATH: `${Deno.env.get("PATH")}:/usr/sbin`,
      },
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    this.#output = Promise.all([this.#child.stdout.pipeTo(sink()), this.#child.stderr.pipeTo(sink())]);
    // What is asked before it listens is lost, so that its answer is not waited for long.
    const upTime = ".1.3.6.1.2.1.1.3.0";
    await until(async () => (await this.#ask("snmpget", [upTime], 0.2)).includes(upTime), "snmpd to answer");
  }

  async stop(signal: Deno.Signal = "SIGTERM"): Promise<void> {
    const child = this.#child;
    if (child === undefined) return;
    this.#child = undefined;
    child.kill(signal);
    await child.status;
    await this.#output;
  }

  /** All instances below an OID. */
  async walk(oid: string, program: "snmpwalk" | "snmpbulkwalk" = "snmpwalk"): Promise<Walked> {
    return parsed(await this.#ask(program, [oid]));
  }

  /** The lines that snmpget prints. */
  async get(...oids: string[]): Promise<string> {
    return await this.#ask("snmpget", oids);
  }

  /** What comes after an OID. */
  async next(oid: string): Promise<Walked> {
    return parsed(await this.#ask("snmpgetnext", [oid]));
  }

  /** Tries to change an instance, and returns what was said to it. */
  async set(...args: string[]): Promise<string> {
    return await this.#ask("snmpset", args);
  }

  async #ask(program: string, args: readonly string[], seconds = 60): Promise<string> {
    const common = ["-v2c", "-c", "public", "-m", "", "-Oneqt", "-t", String(seconds), "-r", "0"];
    const { stdout, stderr } = await new Deno.Command(program, {
      args: [...common, `127.0.0.1:${this.port}`, ...args],
      env: { SNMPCONFPATH: this.folder },
    }).output();
    return new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop("SIGKILL");
    await Deno.remove(this.folder, { recursive: true });
  }
}

function parsed(text: string): Walked {
  const lines = text.split("\n").filter((line) => line.startsWith(".1."));
  return new Map(lines.map((line): [string, string] => {
    const [oid = ""] = line.split(" ", 1);
    return [oid.slice(1), line.slice(oid.length + 1).replace(/^"(.*)"$/, "$1")];
  }));
}

function sink(): WritableStream<Uint8Array> {
  return new WritableStream();
}
