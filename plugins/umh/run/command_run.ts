/**
 * One run of a rule's command: a shell as leader of its own process group, and the processes it starts.
 *
 * The run ends when the shell does. Background processes may continue; as long as they hold the output open they belong
 * to the run and are killed with it.
 */
import { describe } from "../../../src/effects/describe.ts";
import type { Child, Effects, ExitStatus } from "../../../src/effects/effects.ts";
import type { Logger } from "../../../src/logging/logging.ts";
import type { TurnLimiter } from "../../../src/effects/waiting/turn_limiter.ts";
import { Output } from "./output.ts";
import { JOIN_TASK_GROUP } from "./task_group.ts";
import { killingLeftovers } from "../../../src/effects/process_group.ts";
import { endsWithin } from "../../../src/effects/waiting/within.ts";

/** An absolute path: the PATH of commands could lead elsewhere than the daemon's, and the sandbox would refuse that. */
const SHELL = "/bin/sh";

/** From SIGTERM to SIGKILL. */
export const KILL_AFTER_MS = 5_000;

/** Of standard output and standard error together, for the log. */
const MOST_OUTPUT_BYTES = 64 * 1024;

/** How long to wait for more output after the shell has exited. */
const LAST_WORDS_MS = 500;

/** How often to check whether the group is empty. */
const POLL_INTERVAL_MS = 100;

/** How often to try SIGKILL: if no process can be started, there may be room later. */
const MOST_TRIES = 5;

export interface Command {
  /** Name of the rule, for the log. */
  readonly label: string;
  readonly command: string;
  readonly env: Readonly<Record<string, string>>;
}

export class CommandRun {
  readonly #child: Child;
  readonly #output: Output;
  readonly #label: string;
  #shellEndedMs: number | undefined;
  #isGone = false;
  #ending: Promise<void> | undefined;
  /** The shell has exited and its output is closed. */
  readonly #closed: Promise<void>;

  /** Resolves when the shell has exited and its output is logged. Never rejects. */
  readonly ended: Promise<ExitStatus>;
  /** Resolves when no known process of it is left. Never rejects. */
  readonly gone: Promise<void>;

  /** Starts the command. A shared limiter limits the time spent on logging all outputs. @throws {ProgramError} If there is no shell. */
  constructor(
    readonly effects: Effects,
    readonly log: Logger,
    { label, command, env }: Command,
    limiter: TurnLimiter,
  ) {
    this.#label = label;
    const { script, env: passed } = withLoaderVariables(command, env);
    this.#child = effects.processes.spawn([SHELL, "-c", JOIN_TASK_GROUP + script], {
      env: passed,
      group: true,
    });
    this.#output = new Output(limiter, MOST_OUTPUT_BYTES, {
      line: (line) => log.info("Rule {rule}: {line}", { rule: label, line }),
      tooMuch: () =>
        log.info("Rule {rule}: output beyond {kib} KiB is not logged", {
          rule: label,
          kib: MOST_OUTPUT_BYTES / 1024,
        }),
    });
    const { stdout, stderr } = this.#child;
    const written = Promise.all([this.#output.read(stdout), this.#output.read(stderr)]);
    const status = this.#child.status.then((status) => {
      this.#shellEndedMs = effects.clock.nowMs();
      return status;
    });
    this.ended = status.then(async (status) => {
      await endsWithin(effects.clock, LAST_WORDS_MS, written);
      return status;
    });
    this.#closed = Promise.all([status, written]).then(() => {});
    this.gone = this.#closed.then(() => this.#ending).then(() => {
      this.#isGone = true;
    });
  }

  /** Whether the shell has exited while other processes are left. */
  get isLeftover(): boolean {
    return this.#shellEndedMs !== undefined;
  }

  /** Resolves when the shell has exited, even if others hold its output; undefined while it runs. */
  get shellEndedMs(): number | undefined {
    return this.#shellEndedMs;
  }

  /** Resolves when `end` is done; undefined if it was not called or has failed. Never rejects. */
  get ending(): Promise<void> | undefined {
    return this.#ending;
  }

  /** Ends the whole group: SIGTERM, then SIGKILL `KILL_AFTER_MS` later. */
  end(): void {
    if (!this.#isGone) this.#ending ??= this.#end();
  }

  /** It could not be killed: forgets it. */
  abandon(): void {
    this.#output.abandon();
  }

  async #end(): Promise<void> {
    const { clock } = this.effects;
    const killAtMs = clock.nowMs() + KILL_AFTER_MS;
    await this.#signal("SIGTERM", true);
    await endsWithin(clock, KILL_AFTER_MS, this.#closed);
    // A process that closed its output is still in the group and gets its time to end.
    let isLeft = true;
    while (isLeft && clock.nowMs() < killAtMs) {
      isLeft = await this.#groupIsLeft();
      if (isLeft) await clock.sleep(Math.min(POLL_INTERVAL_MS, killAtMs - clock.nowMs()));
    }
    if (isLeft && !await this.#kill()) this.#ending = undefined;
  }

  /** Returns false if that failed and processes may be left. */
  async #kill(): Promise<boolean> {
    for (let tries = 1; tries < MOST_TRIES; tries++) {
      if (await this.#signal("SIGKILL", false)) return true;
      await this.effects.clock.sleep(POLL_INTERVAL_MS);
    }
    return await this.#signal("SIGKILL", true);
  }

  /** Returns whether it was sent; with `says` a failure is logged. */
  async #signal(signal: "SIGTERM" | "SIGKILL", says: boolean): Promise<boolean> {
    try {
      if (this.isLeftover) await this.#killLate(signal);
      else this.#child.kill(signal);
      return true;
    } catch (error) {
      const fields = { signal, rule: this.#label, reason: describe(error) };
      if (says) this.log.error("Cannot send {signal} to the command of rule {rule}: {reason}", fields);
      return false;
    }
  }

  /** Whether processes of the group are left after the shell has exited. */
  async #groupIsLeft(): Promise<boolean> {
    try {
      return await this.#killLate("0");
    } catch {
      // Unknown: SIGKILL does no harm to an empty group.
      return true;
    }
  }

  /** Signals the group after its leader, the shell, has exited; signal 0 only checks. Returns false if the group is empty. */
  async #killLate(signal: "SIGTERM" | "SIGKILL" | "0"): Promise<boolean> {
    const kill = killingLeftovers(this.#child.pid, signal);
    return (await this.effects.processes.run(kill, { env: {} })).code === 0;
  }
}

/** The sandbox cannot pass variables of the dynamic loader to a program, so the shell sets them for what it starts. */
function withLoaderVariables(command: string, env: Command["env"]) {
  const isLoaders = ([name]: readonly [string, string]) => /^LD_\w*$/.test(name);
  const variables = Object.entries(env);
  const exports = variables.filter(isLoaders).map(([name, value]) => `export ${name}=${quoted(value)}; `);
  return {
    script: `${exports.join("")}${command}`,
    env: Object.fromEntries(variables.filter((variable) => !isLoaders(variable))),
  };
}

/** Quoted for the shell. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
