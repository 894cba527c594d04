/** Services as commands of a shell, run one after the other. */
import { describe } from "../../src/runtime/describe.ts";
import type { Child, Effects } from "../../src/runtime/effects.ts";
import type { Logger } from "../../src/runtime/logging.ts";
import { eachLine } from "../../src/runtime/text_lines.ts";
import type { ShellResourceConfig } from "./resource_config.ts";
import type { Found, Services } from "./services.ts";
import type { Outcome } from "./state.ts";

/** A command that is told to end has so long before it is killed, with all that it started. */
const KILL_AFTER_MS = 10_000;
/** What such a command started, and did not end with it, gets so much longer. */
const REMNANTS_MS = 500;
/** Lines of a command's output that are kept to be shown should it fail. */
const SHOWN_LINES = 20;
/** Pause between a failed stop with its on-stop-failure, and the next attempt. */
const STOP_AGAIN_MS = 1_000;
const MONITOR_INTERVAL_MS = 4_000;
/** DRBD's word that a node became Primary comes a moment after the command that did it. */
const NEWS_MS = 300;

export class ShellServices implements Services {
  /** The command that runs now, if one does; only one at a time does, but for monitors. */
  #current: Child | undefined;
  #startOver: Promise<unknown> = Promise.resolve();
  #ending: Promise<void> = Promise.resolve();
  #isGivenUp = false;

  /** `isPrimary` says whether the resource is Primary here, as far as is known. */
  constructor(
    readonly effects: Effects,
    readonly log: Logger,
    readonly config: ShellResourceConfig,
    readonly isPrimary: () => boolean,
  ) {}

  /**
   * Commands leave no trace that could be looked at. Without a monitor, services are taken to run where the resource
   * is Primary: to start them a second time would do more harm than to wait for somebody who knows.
   */
  async find(): Promise<Found> {
    if (!this.isPrimary()) return "inactive";
    const { monitor } = this.config;
    return monitor === undefined || await this.#run(monitor, "monitor", false) ? "active" : "inactive";
  }

  start(): Promise<Outcome> {
    this.#isGivenUp = false;
    const outcome = this.#start();
    this.#startOver = outcome;
    return outcome;
  }

  async stop(): Promise<"ok" | "failed"> {
    this.letGo();
    await Promise.all([this.#startOver, this.#ending]);
    const { onStopFailure } = this.config;
    for (;;) {
      const isStopped = await this.#runStops();
      if (isStopped) return "ok";
      if (onStopFailure === undefined) return "failed";
      await this.#run(onStopFailure, "on-stop-failure", true);
      await this.effects.clock.sleep(STOP_AGAIN_MS);
    }
  }

  /** The configuration does not let it come to this: commands cannot be frozen. */
  freeze(): Promise<"ok" | "failed"> {
    return Promise.resolve("failed");
  }

  thaw(): Promise<"ok" | "failed"> {
    return Promise.resolve("failed");
  }

  async restart(): Promise<void> {
    await this.#runStops();
    const outcome = await this.start();
    if (outcome !== "ok") throw new Error("The services did not start again");
  }

  watch(onFailed: (unit: string) => void, signal: AbortSignal): void {
    const { monitor } = this.config;
    if (monitor !== undefined) void this.#monitor(monitor, onFailed, signal);
  }

  letGo(): void {
    this.#isGivenUp = true;
    if (this.#current !== undefined) this.#ending = this.#end(this.#current);
  }

  async #start(): Promise<Outcome> {
    for (const [place, command] of this.config.start.entries()) {
      if (await this.#run(command, "start", true)) {
        if (!this.#isGivenUp) continue;
        return "failed";
      }
      if (place > 0) return "failed";
      // What failed first is normally the promotion: then there is nothing to stop.
      await this.effects.clock.sleep(NEWS_MS);
      return this.isPrimary() ? "failed" : "nothingBegan";
    }
    return "ok";
  }

  /** All of them, whatever becomes of one: what can be stopped is. */
  async #runStops(): Promise<boolean> {
    let isStopped = true;
    for (const command of this.config.stop) isStopped = await this.#run(command, "stop", true) && isStopped;
    return isStopped;
  }

  async #monitor(command: string, onFailed: (unit: string) => void, signal: AbortSignal): Promise<void> {
    for (;;) {
      await this.effects.clock.sleep(MONITOR_INTERVAL_MS, signal);
      if (signal.aborted) return;
      const isWell = await this.#run(command, "monitor", false, signal);
      if (!isWell && !signal.aborted) onFailed("monitor");
    }
  }

  /** Runs a command to its end. True if it succeeded; otherwise it is told why not, with its output. */
  async #run(command: string, step: string, isCurrent: boolean, signal?: AbortSignal): Promise<boolean> {
    const fields = { resource: this.config.name, step, command };
    const output: string[] = [];
    const keep = (line: string) => {
      this.log.debug("{resource}: {command}: {line}", { ...fields, line });
      output.push(line);
      if (output.length > SHOWN_LINES) output.shift();
    };
    try {
      const child = this.effects.processes.spawn(["sh", "-c", command], {
        env: this.#environment(),
        group: true,
      });
      if (isCurrent) this.#current = child;
      const end = () => void this.#end(child);
      signal?.addEventListener("abort", end);
      const reading = Promise.all([eachLine(child.stdout, keep), eachLine(child.stderr, keep)]);
      const { code, signal: killer } = await child.status;
      // What the command left running may hold its output open: it is a service then, and read on.
      await Promise.race([reading, this.effects.clock.sleep(NEWS_MS)]);
      signal?.removeEventListener("abort", end);
      if (isCurrent && this.#current === child) this.#current = undefined;
      if (code === 0) return true;
      const reason = killer === undefined ? `exit code ${code}` : `killed by ${killer}`;
      this.log.warn('{resource}: the {step} command "{command}" failed: {reason}{output}', {
        ...fields,
        reason,
        output: output.map((line) => `\n  ${line}`).join(""),
      });
      return false;
    } catch (error) {
      this.log.error('{resource}: cannot run the {step} command "{command}": {error}', {
        ...fields,
        error: describe(error),
      });
      return false;
    }
  }

  /** Ends a command with all that it started, itself first; ends when nothing of it can be left. */
  async #end(child: Child): Promise<void> {
    child.kill("SIGTERM");
    const timer = this.effects.clock.setTimer(KILL_AFTER_MS, () => child.kill("SIGKILL"));
    await child.status;
    timer.cancel();
    await this.effects.clock.sleep(REMNANTS_MS);
    child.kill("SIGKILL");
  }

  #environment(): Record<string, string> {
    return {
      PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
      HOME: "/",
      LC_ALL: "C.UTF-8",
      DRBD_RESOURCE: this.config.name,
    };
  }
}
