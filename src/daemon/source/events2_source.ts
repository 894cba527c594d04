/**
 * `drbdsetup events2 --full --poll`, kept running.
 *
 * One child at a time. Whatever ends it, it is started again: after 0.2 s at first, then each time after twice as
 * long, up to 10 s; a run that lasted a minute makes the next wait short again. No child outlives the source.
 */
import { BackOff } from "../../effects/waiting/back_off.ts";
import { describe } from "../../effects/describe.ts";
import {
  type Child,
  type Effects,
  type ExitStatus,
  programEnvironment,
  ProgramError,
} from "../../effects/effects.ts";
import type { Logger } from "../../logging/logging.ts";
import { RepeatedFailures } from "./repeated_failures.ts";
import { eachLine } from "./text_lines.ts";

/** Receives, in order: a start, chunks of output, an end; repeatedly. */
export interface SourceListener {
  started(): void;
  /**
   * The bytes are good until the call returns, or the promise that it returns is fulfilled; no more is read before.
   * Others had their turn in between then.
   */
  chunk(bytes: Uint8Array): Promise<void> | void;
  /** Counters were asked for: they come next. */
  asked?(): void;
  /** `reason` says why in words; the next start is in `restartInMs`. */
  ended(reason: string, restartInMs: number): void;
}

const ARGV = ["drbdsetup", "events2", "--full", "--poll"] as const;
const BACK_OFF = { firstMs: 200, longestMs: 10_000 };
const LONG_LIFE_MS = 60_000;
/** How long a child may take to exit after it closed its output or got SIGTERM. */
const KILL_AFTER_MS = 2_000;
/** The same when drbdd ends: nothing is lost with it. */
const KILL_AFTER_AT_END_MS = 50;
/** How long output is read on when the child is gone: something it started may hold the pipe. */
const LAST_WORDS_MS = 500;
/** As much as a pipe holds. What was printed at once is taken as a whole: its lines belong together. */
const READ_BYTES = 65_536;
/**
 * After this time the reader yields to the event loop: while there is output, a read completes at once and nothing else
 * runs.
 */
const TURN_MS = 4;
/** Lines of standard error that are logged of one run: a tool gone mad must not fill the disk. */
const MOST_STDERR_LINES = 100;

/** Interval of reading counters during a resync, or while they are being watched. */
const OFTEN_MS = 2_000;

export class Events2Source {
  #intervalMs: number;
  #isOften = false;
  #askedMs = -Infinity;
  #intervalChanged = new AbortController();
  #endChild: () => void = () => {};
  readonly #failures;

  /** `statisticsPollIntervalMs`: time between requests for counters. */
  constructor(
    readonly effects: Effects,
    readonly log: Logger,
    statisticsPollIntervalMs: number,
    failures = new RepeatedFailures(effects.clock),
  ) {
    this.#intervalMs = statisticsPollIntervalMs;
    this.#failures = failures;
  }

  /** Takes effect at once. */
  setStatisticsPollInterval(intervalMs: number): void {
    this.#intervalMs = intervalMs;
    this.#paceChanged();
  }

  /** Asks for counters every two seconds, if that is not how often they are asked for anyway. Takes effect at once. */
  askOften(isOften: boolean): void {
    if (isOften === this.#isOften) return;
    this.#isOften = isOften;
    this.#paceChanged();
  }

  /** When counters were last asked for, on the clock that never jumps. */
  get askedMs(): number {
    return this.#askedMs;
  }

  #paceChanged(): void {
    this.#intervalChanged.abort();
    this.#intervalChanged = new AbortController();
  }

  /** Ends the child that runs, if one does; the next one's dump has the complete state. */
  restart(): void {
    this.#endChild();
  }

  /** Runs until `signal` aborts and the last child is gone. Rejects only if the listener throws. */
  async run(signal: AbortSignal, listener: SourceListener): Promise<void> {
    const { clock } = this.effects;
    const backOff = new BackOff(BACK_OFF);
    while (!signal.aborted) {
      const startedMs = clock.nowMs();
      const reason = await this.#runChild(signal, listener);
      if (signal.aborted) return;
      if (clock.nowMs() - startedMs >= LONG_LIFE_MS) backOff.reset();
      const delayMs = backOff.next();
      listener.ended(reason, delayMs);
      await clock.sleep(delayMs, signal);
    }
  }

  /** Returns why the child ended, or why there was none. */
  async #runChild(signal: AbortSignal, listener: SourceListener): Promise<string> {
    let child: Child;
    try {
      child = this.effects.processes.spawn(ARGV, { env: programEnvironment(this.effects), stdin: true });
    } catch (error) {
      if (error instanceof ProgramError) return describe(error);
      throw error;
    }
    this.#askedMs = this.effects.clock.nowMs();
    listener.started();
    const over = new AbortController();
    const ended = this.#keepFinite(child, signal);
    void this.#logStderr(child);
    void this.#poll(child, over.signal, listener);
    try {
      await this.#read(child, ended, listener);
    } finally {
      over.abort();
      void child.closeStdin();
      this.#killLater(child);
      await ended;
    }
    return reasonOf(await ended);
  }

  /** Ends the child when `signal` aborts. Returns how it ended. */
  async #keepFinite(child: Child, signal: AbortSignal): Promise<ExitStatus> {
    const end = () => {
      void child.closeStdin();
      child.kill("SIGTERM");
      this.#killLater(child, signal.aborted ? KILL_AFTER_AT_END_MS : KILL_AFTER_MS);
    };
    this.#endChild = end;
    signal.addEventListener("abort", end);
    if (signal.aborted) end();
    const status = await child.status;
    signal.removeEventListener("abort", end);
    this.#endChild = () => {};
    return status;
  }

  #killLater(child: Child, afterMs = KILL_AFTER_MS): void {
    const timer = this.effects.clock.setTimer(afterMs, () => child.kill("SIGKILL"));
    void child.status.then(() => timer.cancel());
  }

  async #read(child: Child, ended: Promise<ExitStatus>, listener: SourceListener): Promise<void> {
    const reader = child.stdout.getReader({ mode: "byob" });
    const { clock } = this.effects;
    const atEnd = new AbortController();
    void ended.then(async () => {
      await clock.sleep(LAST_WORDS_MS, atEnd.signal);
      if (!atEnd.signal.aborted) await reader.cancel();
    });
    // One buffer for all reads: a fast stream would otherwise leave megabytes of them to be collected.
    let buffer = new Uint8Array(READ_BYTES);
    let busyMs = 0;
    for (;;) {
      const { done, value } = await reader.read(buffer);
      if (done) break;
      const startedMs = clock.nowMs();
      const taken = listener.chunk(value);
      busyMs += clock.nowMs() - startedMs;
      if (taken !== undefined) await taken;
      buffer = new Uint8Array(value.buffer);
      if (busyMs < TURN_MS) continue;
      busyMs = 0;
      await clock.nextTurn();
    }
    atEnd.abort();
  }

  /** Asks for counters again and again: they do not come by themselves. */
  async #poll(child: Child, over: AbortSignal, listener: SourceListener): Promise<void> {
    const { clock } = this.effects;
    while (!over.aborted) {
      const changed = this.#intervalChanged.signal;
      const intervalMs = this.#isOften ? Math.min(OFTEN_MS, this.#intervalMs) : this.#intervalMs;
      await clock.sleep(intervalMs, AbortSignal.any([over, changed]));
      if (over.aborted) return;
      if (changed.aborted) continue;
      try {
        // Not the next request before this one is taken: a tool that is busy is not helped by more of them.
        await child.write("n\n");
        this.#askedMs = clock.nowMs();
        listener.asked?.();
      } catch (error) {
        this.log.debug("Cannot ask drbdsetup for statistics: {error}", { error });
        return;
      }
    }
  }

  /** Never rejects. */
  async #logStderr(child: Child): Promise<void> {
    let count = 0;
    try {
      await eachLine(child.stderr, (line) => {
        if (++count > MOST_STDERR_LINES) return;
        this.log[this.#failures.isDue(`says ${line}`) ? "warn" : "debug"]("drbdsetup says: {line}", { line });
      });
    } catch (error) {
      this.log.debug("Cannot read the error output of drbdsetup: {error}", { error });
    }
    if (count > MOST_STDERR_LINES) {
      this.log.warn("drbdsetup printed {count} more lines (not logged)", {
        count: count - MOST_STDERR_LINES,
      });
    }
  }
}

/** Meanings of exit codes: drbdsetup.c and SharedErrors.h of drbd-utils. */
function reasonOf({ code, signal }: ExitStatus): string {
  if (signal !== undefined) return `it was killed by ${signal}`;
  switch (code) {
    case 0:
      return "it ended by itself (exit code 0)";
    case 10:
      return "the kernel refused its request (exit code 10)";
    case 20:
      return "it cannot work: is the drbd kernel module loaded, and does it fit drbd-utils? drbdd needs DRBD 9 and drbd-utils 9.16 (exit code 20)";
    case 121:
      return "the drbd kernel module was unloaded (exit code 121)";
    default:
      return `exit code ${code}`;
  }
}
