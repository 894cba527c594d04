/** A `drbdsetup events2` of a simulated drbdd: the model's lines as bytes, cut anywhere, late if need be. */
import type { ExitStatus, SignalName } from "../../../../src/effects/effects.ts";
import type { Pipe } from "../../../support/simulated/simulated_processes.ts";
import type { Listener } from "../../model/output/listener.ts";
import type { Random } from "../../model/random.ts";
import type { Events2Process } from "./programs.ts";

export interface Events2Host {
  setTimer(delayMs: number, fire: () => void): { cancel(): void };
  deliver(notify: () => void): void;
  readonly random: Random;
  /** How late lines are now, in ms. */
  latenessMs(): number;
  /** It cannot work. */
  isBroken(): boolean;
  /** The dump of one that begins now lacks this resource; "": all of them. */
  missingInDump(): string | undefined;
  listen(): Listener;
  unlisten(listener: Listener): void;
  requestStatistics(listener: Listener): void;
  /** What is read instead of a line; undefined: nothing. */
  read(line: string): string | undefined;
  /** Lines were printed. */
  printed(lines: readonly string[]): void;
}

const START_MS = [5, 40] as const;
/** From the kernel to the pipe. */
const WAY_MS = [0, 2] as const;
/** A group that is read in two halves: the second one comes so much later. */
const HALF_LATER_MS = [0, 20] as const;
/** The exit code of a drbdsetup that does not find its kernel module. */
const CANNOT_WORK = 20;
const CUT_PROBABILITY = 0.1;

const NOTHING = new Uint8Array();

export class SimulatedEvents2 implements Events2Process {
  #listener: Listener | undefined;
  #isOver = false;
  #isFlushing = false;
  /** Since when its first lines can have been read; undefined before. */
  listeningSinceMs: number | undefined;
  /** When it stopped listening; drbdd learns of that later. */
  endedMs = -Infinity;
  /** Its dump lacks, or lacked, something. */
  isDumpCut = false;
  /** What is left out of the lines that are printed now. */
  #missing: string | undefined;
  /** Nothing overtakes: what is printed later is read later. */
  #readMs = 0;
  /** In a pipe nothing overtakes either, however often its reader is held up. */
  readonly #sent: Uint8Array[] = [];

  constructor(
    readonly host: Events2Host,
    readonly stdout: Pipe,
    readonly onEnd: (status: ExitStatus) => void,
    readonly nowMs: () => number,
  ) {
    host.setTimer(host.random.within(START_MS), () => this.#begin());
  }

  /** Lines that were printed and not read yet are so late, in ms. */
  get behindMs(): number {
    return Math.max(0, this.#readMs - this.nowMs());
  }

  input(text: string): void {
    if (text.startsWith("n") && this.#listener !== undefined) this.host.requestStatistics(this.#listener);
  }

  endInput(): void {
    this.#end({ code: 0, signal: undefined });
  }

  kill(signal: SignalName): void {
    this.#end({ code: undefined, signal });
  }

  /** Its reader is gone. */
  abandon(): void {
    this.#isOver = true;
    this.listeningSinceMs = undefined;
    this.endedMs = this.nowMs();
    if (this.#listener !== undefined) this.host.unlisten(this.#listener);
  }

  #begin(): void {
    if (this.#isOver) return;
    if (this.host.isBroken()) return this.#end({ code: CANNOT_WORK, signal: undefined });
    const listener = this.host.listen();
    this.#listener = listener;
    this.#missing = this.host.missingInDump();
    this.isDumpCut = this.#missing !== undefined;
    this.listeningSinceMs = this.nowMs();
    listener.onLines = () => this.#flushSoon(listener);
    this.#flushSoon(listener);
  }

  #flushSoon(listener: Listener): void {
    if (this.#isFlushing) return;
    this.#isFlushing = true;
    this.host.setTimer(this.host.random.within(WAY_MS), () => {
      this.#isFlushing = false;
      if (!this.#isOver) this.#flush(listener.take());
    });
  }

  #flush(groups: readonly (readonly string[])[]): void {
    if (groups.length === 0) return;
    const { random } = this.host;
    const lines = groups.flat().filter((line) => this.#isPrinted(line));
    if (lines.length === 0) return;
    this.host.printed(lines);
    const text = lines.flatMap((line) => this.host.read(line) ?? []).map((line) => `${line}\n`).join("");
    if (text === "") return;
    const bytes = new TextEncoder().encode(text);
    this.#readMs = Math.max(this.#readMs, this.nowMs() + this.host.latenessMs());
    if (!random.chance(CUT_PROBABILITY)) return this.#send(bytes);
    const place = random.between(1, bytes.length - 1);
    this.#send(bytes.subarray(0, place));
    this.#readMs += random.within(HALF_LATER_MS);
    this.#send(bytes.subarray(place));
  }

  /** The dump ends with its `exists -`: what changes after that is printed. */
  #isPrinted(line: string): boolean {
    if (this.#missing === undefined) return true;
    if (line === "exists -") this.#missing = undefined;
    else if (line.startsWith("exists ")) {
      return this.#missing !== "" && !line.includes(` name:${this.#missing} `);
    }
    return true;
  }

  #send(bytes: Uint8Array): void {
    this.#sent.push(bytes);
    const put = () => {
      if (!this.#isOver) this.host.deliver(() => this.stdout.put(this.#sent.shift() ?? NOTHING));
    };
    if (this.#readMs <= this.nowMs()) put();
    else this.host.setTimer(this.#readMs - this.nowMs(), put);
  }

  #end(status: ExitStatus): void {
    if (this.#isOver) return;
    this.abandon();
    this.host.setTimer(1, () => this.host.deliver(() => this.onEnd(status)));
  }
}
