/**
 * Whose turn it is. Jobs of all rules share a number of places; those that find none wait in order. A rule can have
 * fewer places of its own, and can want the jobs of one key (a resource) done one after the other.
 *
 * A job that has to wait for its own rule or key holds up no other.
 *
 * To start a process takes milliseconds, during which nothing else happens. So nothing is started in the turn of the
 * event loop in which the event came: others may have to act on it. And after each start the loop is left to others,
 * see `REST`.
 */
import type { Clock, Timer } from "../../src/effects/effects.ts";
import { Queue } from "../../src/effects/queue.ts";

/** Does something, and ends when its place is free again. Never rejects. */
export type Job = () => Promise<void>;

/** What is to be known of a rule's jobs. Told of each change. */
export interface Observer {
  /** How many more, or fewer, wait. */
  waiting(change: number): void;
}

/**
 * How many times as long as a start took nothing is started after it. So no more than a quarter of the loop's time is
 * spent on starting. And the busier the commands keep the processors, the longer a start takes, and the fewer are
 * started: a daemon that used more of them than its share would be made to wait by the kernel, whatever it wants to do.
 */
const REST = 3;
/** On a node that is swamped a single start can take long; the commands that may be its rescue do not wait much longer. */
const MOST_REST_MS = 50;

/** More waiting jobs than this are reported. */
const LONG_QUEUE = 1_000;
const REPORT_EVERY_MS = 60_000;

interface Waiting {
  /** Their order among all lines. */
  readonly number: number;
  readonly key: string;
  readonly job: Job;
}

/** The jobs of one rule. */
export class Line {
  running = 0;
  /** Those that wait for a place only. */
  readonly ready = new Queue<Waiting>();
  /** Of an ordered line: keys of which a job is ready or runs, with the jobs that have to wait for it. */
  readonly behind = new Map<string, Queue<Waiting>>();

  constructor(
    readonly places: number,
    /** One job for a key at a time. */
    readonly ordered: boolean,
    readonly observer: Observer,
  ) {}
}

export class Scheduler {
  #running = 0;
  #waiting = 0;
  #number = 0;
  /** Lines with jobs that are ready. */
  readonly #lines = new Set<Line>();
  #later: Timer | undefined;
  #restUntilMs = -Infinity;
  #reportedMs = -Infinity;

  /** `report` is told how many wait when they are many, once a minute. */
  constructor(readonly clock: Clock, readonly places: number, readonly report: (waiting: number) => void) {}

  /** Does `job` when there is a place for it; not before all others have heard of what it is done for. */
  add(line: Line, key: string, job: Job): void {
    const waiting = { number: this.#number++, key, job };
    this.#waiting++;
    line.observer.waiting(1);
    const behind = line.behind.get(key);
    if (behind !== undefined) behind.push(waiting);
    else this.#makeReady(line, waiting);
    this.#fillLater();
    if (this.#waiting > LONG_QUEUE) this.#reportLong();
  }

  /** Forgets what waits in a line. Returns how many jobs that were. What runs goes on. */
  clear(line: Line): number {
    let dropped = line.ready.length;
    for (const behind of line.behind.values()) dropped += behind.length;
    line.ready.clear();
    line.behind.clear();
    line.observer.waiting(-dropped);
    this.#lines.delete(line);
    if (this.#lines.size === 0) {
      this.#later?.cancel();
      this.#later = undefined;
    }
    this.#waiting -= dropped;
    return dropped;
  }

  #makeReady(line: Line, waiting: Waiting): void {
    if (line.ordered && !line.behind.has(waiting.key)) line.behind.set(waiting.key, new Queue());
    line.ready.push(waiting);
    this.#lines.add(line);
  }

  /** Sees to it that what is ready is started: in another turn of the event loop, when the rest is over. */
  #fillLater(): void {
    if (this.#lines.size === 0 || this.#later !== undefined) return;
    const delayMs = Math.max(0, this.#restUntilMs - this.clock.nowMs());
    this.#later = this.clock.setTimer(delayMs, () => {
      this.#later = undefined;
      this.#fill();
    });
  }

  #fill(): void {
    for (let line = this.#next(); line !== undefined; line = this.#next()) {
      const beganMs = this.clock.nowMs();
      this.#startOne(line);
      const endedMs = this.clock.nowMs();
      if (endedMs === beganMs) continue;
      this.#restUntilMs = endedMs + Math.min(MOST_REST_MS, REST * (endedMs - beganMs));
      return this.#fillLater();
    }
  }

  /** The line whose turn it is: of those that have a place, the one whose job has waited longest. */
  #next(): Line | undefined {
    if (this.#running >= this.places) return undefined;
    let next: Line | undefined;
    let lowest = Infinity;
    for (const line of this.#lines) {
      const number = line.ready.first?.number ?? Infinity;
      if (line.running >= line.places || number >= lowest) continue;
      next = line;
      lowest = number;
    }
    return next;
  }

  #startOne(line: Line): void {
    const waiting = line.ready.shift();
    if (line.ready.length === 0) this.#lines.delete(line);
    if (waiting === undefined) return;
    this.#waiting--;
    line.observer.waiting(-1);
    this.#running++;
    line.running++;
    void waiting.job().then(() => this.#ended(line, waiting.key));
  }

  #ended(line: Line, key: string): void {
    this.#running--;
    line.running--;
    if (line.ordered) this.#nextOf(line, key);
    this.#fillLater();
  }

  /** The next job of an ordered line's key does not wait for its like any more. */
  #nextOf(line: Line, key: string): void {
    const next = line.behind.get(key)?.shift();
    if (next === undefined) line.behind.delete(key);
    else this.#makeReady(line, next);
  }

  #reportLong(): void {
    const nowMs = this.clock.nowMs();
    if (nowMs - this.#reportedMs < REPORT_EVERY_MS) return;
    this.#reportedMs = nowMs;
    this.report(this.#waiting);
  }
}
