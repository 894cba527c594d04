/** Runs one command of an administrator in a shell that leads its own process group. */
import { describe } from "../../../src/effects/describe.ts";
import type { Child, Effects, SignalName } from "../../../src/effects/effects.ts";
import { findingLeftovers } from "../../../src/effects/process_group.ts";
import type { Logger } from "../../../src/logging/logging.ts";
import { eachLine } from "../../../src/daemon/source/text_lines.ts";

/** From SIGTERM until the command and everything it started is killed. */
const KILL_AFTER_MS = 10_000;
/** How much longer its background processes get, at most, and how often it is checked whether any is left. */
const REMNANTS_MS = 500;
const POLL_INTERVAL_MS = 50;
/** If no process can be started to signal the group: interval and number of further attempts. */
const MOST_TRIES = 5;
const RETRY_MS = 100;
/** How long output is read after the command has ended: background processes may hold it open for ever. */
const LAST_OUTPUT_MS = 300;
/** Lines of output kept, to be logged if the command fails. */
const SHOWN_LINES = 20;

/** The same name for all shells that drbdd runs, so that the sandbox can allow it. */
export const SHELL = "/bin/sh";

/** A command and its purpose. */
export interface ShellCommand {
  readonly resource: string;
  /** "start", "stop", "monitor" ...: for messages. */
  readonly step: string;
  readonly command: string;
  /** It repeats a failed command: another failure is not a warning. */
  readonly isQuiet?: boolean;
}

/** Runs commands; each failure is logged with its output and returned as text. */
export class ShellCommands {
  constructor(readonly effects: Effects, readonly log: Logger) {}

  /**
   * Runs a command to its end. When `signal` aborts, it is ended with all that it started: SIGTERM, then SIGKILL after
   * 10 s. Returns undefined if it succeeded, otherwise why not.
   */
  async run(what: ShellCommand, signal?: AbortSignal): Promise<string | undefined> {
    try {
      const failure = await this.#run(what, signal);
      if (failure === undefined) return undefined;
      const { resource, step, command } = what;
      if (signal?.aborted) {
        this.log.info('{resource}: the {step} command "{command}" was ended', { resource, step, command });
      } else {
        const level = what.isQuiet === true ? "debug" : "warn";
        this.log[level]('{resource}: the {step} command "{command}" failed: {reason}{output}', {
          ...{ resource, step, command },
          reason: failure.reason,
          output: failure.output.map((line) => `\n  ${line}`).join(""),
        });
      }
      return `the ${step} command "${command}" failed: ${failure.reason}`;
    } catch (error) {
      const { resource, step, command } = what;
      const reason = describe(error);
      this.log[what.isQuiet === true ? "debug" : "error"](
        '{resource}: cannot run the {step} command "{command}": {reason}',
        {
          ...{ resource, step, command },
          reason,
        },
      );
      return `cannot run the ${step} command "${command}": ${reason}`;
    }
  }

  async #run(
    { resource, step, command }: ShellCommand,
    signal: AbortSignal | undefined,
  ): Promise<{ reason: string; output: readonly string[] } | undefined> {
    if (signal?.aborted) return { reason: "it was given up", output: [] };
    const output: string[] = [];
    const keep = (line: string) => {
      this.log.debug("{resource}: {command}: {line}", { resource, step, command, line });
      output.push(line);
      if (output.length > SHOWN_LINES) output.shift();
    };
    const child = this.effects.processes.spawn([SHELL, "-c", command], {
      env: environmentOf(resource),
      group: true,
    });
    let ending: Promise<void> | undefined;
    const end = () => {
      ending = this.#end(child, command);
    };
    signal?.addEventListener("abort", end);
    const reading = Promise.all([eachLine(child.stdout, keep), eachLine(child.stderr, keep)]);
    // It may break before it is awaited. What was read until then is logged.
    reading.catch(() => {});
    const { code, signal: killer } = await child.status;
    signal?.removeEventListener("abort", end);
    await ending;
    const limit = new AbortController();
    await Promise.race([reading, this.effects.clock.sleep(LAST_OUTPUT_MS, limit.signal)]);
    limit.abort();
    if (code === 0) return undefined;
    return { reason: killer === undefined ? `exit code ${code}` : `killed by ${killer}`, output };
  }

  /** Resolves when nothing of the command can be left. Never rejects. */
  async #end(child: Child, command: string): Promise<void> {
    void this.#signal(child, "SIGTERM", command);
    const timer = this.effects.clock.setTimer(
      KILL_AFTER_MS,
      () => void this.#signal(child, "SIGKILL", command),
    );
    await child.status;
    timer.cancel();
    const { clock } = this.effects;
    const killAtMs = clock.nowMs() + REMNANTS_MS;
    while (clock.nowMs() < killAtMs) {
      if (!await this.#isGroupLeft(child)) return;
      await clock.sleep(POLL_INTERVAL_MS);
    }
    await this.#signal(child, "SIGKILL", command);
  }

  /** Whether processes of the group are left after the shell has exited. */
  async #isGroupLeft({ pid }: Child): Promise<boolean> {
    try {
      return (await this.effects.processes.run(findingLeftovers(pid), { env: {} })).code === 0;
    } catch {
      // Unknown: SIGKILL does no harm to an empty group.
      return true;
    }
  }

  /**
   * A group is signalled by a separate program. If that cannot be started (process limit), it is retried. Never
   * rejects.
   */
  async #signal(child: Child, signal: SignalName, command: string): Promise<void> {
    for (let tries = 1;; tries++) {
      try {
        return child.kill(signal);
      } catch (error) {
        if (tries === MOST_TRIES) {
          this.log.error('Cannot send {signal} to the command "{command}", and what it started: {reason}', {
            ...{ signal, command },
            reason: describe(error),
          });
          return;
        }
      }
      await this.effects.clock.sleep(RETRY_MS);
    }
  }
}

/** The environment of each command. */
export function environmentOf(resource: string): Record<string, string> {
  return {
    PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    HOME: "/",
    LC_ALL: "C.UTF-8",
    DRBD_RESOURCE: resource,
  };
}
