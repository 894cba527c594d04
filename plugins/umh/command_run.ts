/**
 * One run of a rule's command: a shell, leader of a process group of its own, and whatever it starts.
 *
 * The run has ended when the shell has. Processes that it left in the background may go on; as long as they hold its
 * output open they belong to the run, and are ended with it.
 */
import { describe } from "../../src/effects/describe.ts";
import type { Child, Effects, ExitStatus } from "../../src/effects/effects.ts";
import type { Logger } from "../../src/logging/logging.ts";
import type { Turnstile } from "../../src/daemon/source/turnstile.ts";
import { Output } from "./output.ts";
import { JOIN_TASK_GROUP } from "./task_group.ts";
import { within } from "./within.ts";

/**
 * By its path: with the PATH that commands get the bare name can lead elsewhere than with the daemon's own, and where
 * only certain programs may be run, that is refused.
 */
const SHELL = "/bin/sh";

/** From SIGTERM to SIGKILL. */
export const KILL_AFTER_MS = 5_000;

/** Of standard output and standard error together, for the log. */
const MOST_OUTPUT_BYTES = 64 * 1024;

/** How long output is waited for when the shell is gone. */
const LAST_WORDS_MS = 500;

/** How often it is looked whether anybody is left in the group. */
const LOOK_EVERY_MS = 100;

/** How often SIGKILL is tried: where no process can be started, there may be room when the shell is gone. */
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
  /** The shell is gone, and nobody holds its output open. */
  readonly #closed: Promise<void>;

  /** When the shell has ended, and what it wrote is logged. Never rejects. */
  readonly ended: Promise<ExitStatus>;
  /** When nothing is left of it that is known of. Never rejects. */
  readonly gone: Promise<void>;

  /** Starts the command. Several that share a turnstile keep the logging of what they write short together. @throws {ProgramError} If no shell is available. */
  constructor(
    readonly effects: Effects,
    readonly log: Logger,
    { label, command, env }: Command,
    turnstile: Turnstile,
  ) {
    this.#label = label;
    const { script, env: passed } = withLoaderVariables(command, env);
    this.#child = effects.processes.spawn([SHELL, "-c", JOIN_TASK_GROUP + script], {
      env: passed,
      group: true,
    });
    this.#output = new Output(turnstile, MOST_OUTPUT_BYTES, {
      line: (line) => log.info("Rule {rule}: {line}", { rule: label, line }),
      tooMuch: () =>
        log.info("Rule {rule}: no more of the output is logged, it is more than {kib} KiB", {
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
      await within(effects.clock, LAST_WORDS_MS, written);
      return status;
    });
    this.#closed = Promise.all([status, written]).then(() => {});
    this.gone = this.#closed.then(() => this.#ending).then(() => {
      this.#isGone = true;
    });
  }

  /** Whether the shell has ended and only others are left. */
  get isLeftover(): boolean {
    return this.#shellEndedMs !== undefined;
  }

  /** When the shell ended, whoever still holds its output; undefined while it runs. */
  get shellEndedMs(): number | undefined {
    return this.#shellEndedMs;
  }

  /** When nobody is left whom `end` is to end; undefined if it was not called, or has failed. Never rejects. */
  get ending(): Promise<void> | undefined {
    return this.#ending;
  }

  /** Ends the whole group: SIGTERM, and SIGKILL for who is left `KILL_AFTER_MS` later. */
  end(): void {
    if (!this.#isGone) this.#ending ??= this.#end();
  }

  /** It could not be ended: forgets it. */
  abandon(): void {
    this.#output.abandon();
  }

  async #end(): Promise<void> {
    const { clock } = this.effects;
    const killAtMs = clock.nowMs() + KILL_AFTER_MS;
    await this.#signal("SIGTERM", true);
    await within(clock, KILL_AFTER_MS, this.#closed);
    // Who gave the output away is in the group all the same, and has its time to end.
    let isLeft = true;
    while (isLeft && clock.nowMs() < killAtMs) {
      isLeft = await this.#groupIsLeft();
      if (isLeft) await clock.sleep(Math.min(LOOK_EVERY_MS, killAtMs - clock.nowMs()));
    }
    if (isLeft && !await this.#kill()) this.#ending = undefined;
  }

  /** False if that could not be done, and somebody may be left. */
  async #kill(): Promise<boolean> {
    for (let tries = 1; tries < MOST_TRIES; tries++) {
      if (await this.#signal("SIGKILL", false)) return true;
      await this.effects.clock.sleep(LOOK_EVERY_MS);
    }
    return await this.#signal("SIGKILL", true);
  }

  /** Returns whether it was done; `says` if it was not. */
  async #signal(signal: "SIGTERM" | "SIGKILL", says: boolean): Promise<boolean> {
    try {
      if (this.isLeftover) await this.#killLate(signal.slice(3));
      else this.#child.kill(signal);
      return true;
    } catch (error) {
      const fields = { signal, rule: this.#label, reason: describe(error) };
      if (says) this.log.error("Cannot send {signal} to the command of rule {rule}: {reason}", fields);
      return false;
    }
  }

  /** Whether anybody is left in the group though the shell is gone. */
  async #groupIsLeft(): Promise<boolean> {
    try {
      return await this.#killLate("0");
    } catch {
      // It is not known. SIGKILL will hit nobody if nobody is left.
      return true;
    }
  }

  /**
   * Signals the group when the shell, its leader, is gone; 0 only looks. False if nobody is left in it.
   *
   * The group's number could be a stranger's by then. As long as a group has members the kernel gives its number to no
   * new process; so if there is a process of that number, it is a stranger, and the group is empty.
   */
  async #killLate(signal: string): Promise<boolean> {
    const { pid } = this.#child;
    const kill = [SHELL, "-c", `test ! -e /proc/${pid} && kill -${signal} -${pid}`];
    return (await this.effects.processes.run(kill, { env: {} })).code === 0;
  }
}

/**
 * Variables of the dynamic loader cannot be passed to a program from within the sandbox. So the shell sets them, for
 * all that it starts.
 */
function withLoaderVariables(command: string, env: Command["env"]) {
  const isLoaders = ([name]: readonly [string, string]) => /^LD_\w*$/.test(name);
  const variables = Object.entries(env);
  const exports = variables.filter(isLoaders).map(([name, value]) => `export ${name}=${quoted(value)}; `);
  return {
    script: `${exports.join("")}${command}`,
    env: Object.fromEntries(variables.filter((variable) => !isLoaders(variable))),
  };
}

/** As one word of the shell. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
