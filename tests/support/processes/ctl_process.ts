/** The real drbddctl as a process, on an /etc of its own, with stand-ins for the programs it runs first on its PATH. */
import assert from "node:assert/strict";
import { daemonCommand } from "./daemon_process.ts";
import { withoutProgress } from "./progress_lines.ts";

export interface CtlOptions {
  /** Files of the directory of snippets, by name. */
  readonly snippets?: Readonly<Record<string, string>>;
  /** Shell scripts by the names of the programs they stand in for. `$DIR` is the temporary folder. */
  readonly programs?: Readonly<Record<string, string>>;
  /** Other files, by path below the temporary folder. */
  readonly files?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
}

/** Both, and what the second has more. */
export function withMore(one: CtlOptions, more: CtlOptions): CtlOptions {
  const both = (name: keyof CtlOptions) => ({ ...one[name], ...more[name] });
  return { snippets: both("snippets"), programs: both("programs"), files: both("files"), env: both("env") };
}

/** How it ended, and what it wrote but for the lines that say that something takes long. */
export interface CtlResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CtlRunOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Standard input; the null device if absent. */
  readonly input?: string;
  /** The arguments are all there are, without `--config`. */
  readonly isBare?: boolean;
  /** The exit code that `output` expects: 0 if absent. */
  readonly expected?: number;
}

export class CtlTrial implements AsyncDisposable {
  private constructor(readonly folder: string, readonly env: Readonly<Record<string, string>>) {}

  static async start({ snippets = {}, programs = {}, files = {}, env = {} }: CtlOptions): Promise<CtlTrial> {
    const trial = new CtlTrial(await Deno.makeTempDir({ prefix: "drbdd-test-" }), env);
    await Deno.mkdir(trial.path("etc/drbdd.d"), { recursive: true });
    await Deno.mkdir(trial.path("bin"));
    await trial.put("etc/drbdd.toml", 'snippets = "$DIR/etc/drbdd.d"\n');
    await trial.put("calls", "");
    for (const [name, text] of Object.entries(snippets)) await trial.put(`etc/drbdd.d/${name}`, text);
    for (const [name, text] of Object.entries(files)) await trial.put(name, text);
    for (const [name, script] of Object.entries(programs)) {
      await trial.put(`bin/${name}`, `#!/bin/sh\n${script}\n`);
      await Deno.chmod(trial.path(`bin/${name}`), 0o755);
    }
    return trial;
  }

  path(name: string): string {
    return `${this.folder}/${name}`;
  }

  /** Writes a file below the folder, with its directories. `$DIR` in it is the folder. */
  async put(name: string, text: string): Promise<void> {
    const path = this.path(name);
    await Deno.mkdir(path.slice(0, path.lastIndexOf("/")), { recursive: true });
    await Deno.writeTextFile(path, text.replaceAll("$DIR", this.folder));
  }

  async read(name: string): Promise<string> {
    return await Deno.readTextFile(this.path(name));
  }

  /** Names in the directory of snippets, sorted. */
  async snippets(): Promise<string[]> {
    const names: string[] = [];
    for await (const { name } of Deno.readDir(this.path("etc/drbdd.d"))) names.push(name);
    return names.sort();
  }

  /** What the stand-ins noted since this was last asked. */
  async calls(): Promise<string[]> {
    const text = await this.read("calls");
    await this.put("calls", "");
    return text.split("\n").slice(0, -1);
  }

  /** Runs `drbddctl --config $DIR/etc/drbdd.toml ARGS`. `$DIR` in its output is the folder. */
  async run(args: readonly string[], options: CtlRunOptions = {}): Promise<CtlResult> {
    const child = this.spawn(args, options);
    const writer = options.input === undefined ? undefined : child.stdin.getWriter();
    await writer?.write(new TextEncoder().encode(options.input));
    await writer?.close();
    return await this.resultOf(child);
  }

  /** Runs it, and expects that it ends with the expected code. Returns its standard output. */
  async output(args: readonly string[], options: CtlRunOptions = {}): Promise<string> {
    const { code, stdout, stderr } = await this.run(args, options);
    assert.equal(code, options.expected ?? 0, `drbddctl ${args.join(" ")}: ${stdout}${stderr}`);
    return stdout;
  }

  /** Starts it, to be sent signals. */
  spawn(args: readonly string[], { env = {}, input, isBare = false }: CtlRunOptions = {}): Deno.ChildProcess {
    const config = isBare ? [] : ["--config", this.path("etc/drbdd.toml")];
    const command = daemonCommand(["ctl", ...config, ...args]);
    const inherited = Object.fromEntries(["DENO_DIR", "XDG_CACHE_HOME"].flatMap((name) => {
      const value = Deno.env.get(name);
      return value === undefined ? [] : [[name, value]];
    }));
    return new Deno.Command(command.program, {
      args: command.args,
      clearEnv: true,
      env: {
        // Where Deno keeps its cache; nothing of drbddctl is there.
        HOME: Deno.env.get("HOME") ?? "/root",
        ...inherited,
        XDG_CONFIG_HOME: this.path("config"),
        LANG: "C.UTF-8",
        PATH: `${this.folder}/bin:${Deno.env.get("PATH") ?? ""}`,
        ...this.env,
        ...env,
      },
      stdin: input === undefined ? "null" : "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
  }

  async resultOf(child: Deno.ChildProcess): Promise<CtlResult> {
    const { code, stdout, stderr } = await child.output();
    const text = (bytes: Uint8Array) =>
      withoutProgress(new TextDecoder().decode(bytes)).replaceAll(this.folder, "$DIR");
    return { code, stdout: text(stdout), stderr: text(stderr) };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.folder, { recursive: true });
  }
}

/** An end-to-end test. */
export function ctlTest(name: string, options: CtlOptions, fn: (trial: CtlTrial) => Promise<void>): void {
  Deno.test({
    name: `drbddctl ${name}`,
    sanitizeOps: true,
    sanitizeResources: true,
    fn: async () => {
      await using trial = await CtlTrial.start(options);
      await fn(trial);
    },
  });
}
