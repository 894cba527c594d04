/** What a command of drbddctl works with, in memory. */
import { PLUGIN_SCHEMAS } from "../../../plugins/schemas.ts";
import { type Ctl, PROGRAM } from "../../../src/ctl/cli/ctl.ts";
import { Output } from "../../../src/ctl/screen/output.ts";
import { Style } from "../../../src/ctl/screen/style.ts";
import { FileError } from "../../../src/effects/effects.ts";
import type { Sink, Terminal } from "../../../src/effects/terminal.ts";
import { SimulatedEffects } from "./simulated_effects.ts";
import { SimulatedSystemd } from "./simulated_systemd.ts";

class SimulatedSink implements Sink {
  text = "";
  constructor(readonly isTerminal: boolean) {}

  write(text: string): Promise<boolean> {
    this.text += text;
    return Promise.resolve(true);
  }
}

export interface SimulatedCtlOptions {
  readonly isTerminal?: boolean;
  /** Lines that the person types, in turn. */
  readonly answers?: readonly string[];
  /** Plays a program that has the terminal for itself. Returns its exit code. */
  readonly attend?: (argv: readonly string[], world: SimulatedCtl) => number;
  /** Main file and snippets, by path. */
  readonly files?: Readonly<Record<string, string>>;
}

export class SimulatedCtl {
  readonly effects = new SimulatedEffects();
  readonly systemd = new SimulatedSystemd(this.effects.processes);
  readonly #stdout: SimulatedSink;
  readonly #stderr: SimulatedSink;
  readonly ctl: Ctl;
  /** Ends what waits for Ctrl-C. */
  readonly interrupt = new AbortController();

  constructor({ isTerminal = false, answers = [], attend = () => 0, files = {} }: SimulatedCtlOptions = {}) {
    this.#stdout = new SimulatedSink(isTerminal);
    this.#stderr = new SimulatedSink(isTerminal);
    const left = [...answers];
    const terminal: Terminal = {
      stdout: this.#stdout,
      stderr: this.#stderr,
      stdinIsTerminal: isTerminal,
      size: () => undefined,
      onResize: () => {},
      readLine: () => Promise.resolve(left.shift()),
      async *keys() {},
      attend: (argv) => Promise.resolve({ code: attend(argv, this), signal: undefined }),
      privateDirectory: async () => {
        await this.effects.files.makeDirectory("/tmp/private");
        return "/tmp/private";
      },
      interrupts: () => ({ signal: this.interrupt.signal, [Symbol.dispose]: () => {} }),
    };
    const style = new Style({ isColoured: false, isUnicode: true });
    this.ctl = {
      program: PROGRAM,
      effects: this.effects,
      terminal,
      out: new Output(this.#stdout, style),
      err: new Output(this.#stderr, style),
      mainFile: () => Promise.resolve("/etc/drbdd.toml"),
      ownConfigPath: "/etc/drbdd.toml",
      context: "default",
      known: { schemas: PLUGIN_SCHEMAS, plugins: [] },
      columns: undefined,
      makeFile: (path) => Promise.reject(new FileError(`Cannot create "${path}"`)),
    };
    this.effects.files.put("/etc/drbdd.toml", 'snippets = "/etc/drbdd.d"\n');
    for (const [path, text] of Object.entries(files)) this.effects.files.put(path, text);
  }

  get out(): string {
    return this.#stdout.text;
  }

  get err(): string {
    return this.#stderr.text;
  }

  /** Lines that drbdsetup prints. */
  dump(...lines: readonly string[]): void {
    this.effects.processes.install("drbdsetup", (role) => {
      role.print([...lines, "exists -", ""].join("\n"));
      role.exit(0);
    });
  }
}
