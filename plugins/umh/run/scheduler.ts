/**
 * Schedules jobs. All rules share a number of slots; jobs without one are queued in order. A rule can have fewer slots of its own, and
 * can require that the jobs of one key (a resource) run one after the other. A job that waits for its own rule or key delays no others.
 *
 * Starting a process blocks the event loop for milliseconds. So no job is started in the same turn as its event,
 * because other plugins may have to act on it first, and each start is followed by a pause: see `REST`.
 */
import type { Clock, Timer } from "../../../src/effects/effects.ts";
import { Queue } from "../../../src/effects/queue.ts";

/** Runs until its slot is free again. Never rejects. */
export type Job = () => Promise<void>;

/** Gets the changes of a rule's queue. */
export interface Observer {
  /** How many more, or fewer, are queued. */
  waiting(change: number): void;
}

/**
 * After a start nothing is started for this many times as long as it took. So at most a quarter of the loop's time is spent on starts;
 * and the busier the processors are, the longer a start takes and the fewer are started, which keeps the daemon from exceeding its share.
 */
const REST = 3;
/** On an overloaded node one start can take long; commands that could relieve it must not wait much longer. */
const MOST_REST_MS = 50;

/** More queued jobs than this are reported. */
const LONG_QUEUE = 1_000;
const REPORT_EVERY_MS = 60_000;

interface Waiting {
  /** Their position among all lines. */
  readonly number: number;
  readonly key: string;
  readonly job: Job;
}

/** The queue of one rule. */
export class Line {
  running = 0;
  /** Jobs that wait for a slot only. */
  readonly ready = new Queue<Waiting>();
  /** Of an ordered line: keys with a job that is ready or runs, and the jobs queued behind it. */
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

  /** `report` is called with the number of queued jobs when there are many, at most once a minute. */
  constructor(readonly clock: Clock, readonly places: number, readonly report: (waiting: number) => void) {}

  /** Runs `job` when a slot is free, but not before other subscribers got the event. */
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

  /** Drops a line's queued jobs; running ones continue. Returns how many. */
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

  /** Schedules the next start: in another turn of the event loop, after the pause. */
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
      const startedMs = this.clock.nowMs();
      this.#startOne(line);
      const endedMs = this.clock.nowMs();
      if (endedMs === startedMs) continue;
      this.#restUntilMs = endedMs + Math.min(MOST_REST_MS, REST * (endedMs - startedMs));
      return this.#fillLater();
    }
  }

  /** The next line: of those with a free slot, the one whose job has been queued longest. */
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

  /** The next job with this key of an ordered line becomes ready. */
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
