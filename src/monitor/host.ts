/**
 * The monitor thread, as the deciding thread sees it. What drbdsetup prints is passed on as it is. Nothing here waits for the
 * thread, and what waits for it is bounded: should it fall behind, nothing more is sent until it has caught up, then all
 * that is known by then, as a dump. Should it fail, it is started again, and begins with a dump as well.
 */
import type { Decision } from "../daemon/status/decision_log.ts";
import type { StreamTap } from "../daemon/stream_tap.ts";
import { BackOff } from "../effects/waiting/back_off.ts";
import { describe } from "../effects/describe.ts";
import { endsWithin } from "../effects/waiting/within.ts";
import type { Clock, Timer } from "../effects/effects.ts";
import type { ObservedPromoter } from "../health/observed.ts";
import { logForwarded, type Logger } from "../logging/logging.ts";
import { Gathered } from "./gathered.ts";
import type { FromMonitor, MonitorSettings, Question, ToMonitor } from "./protocol.ts";
import type { MonitorThread, MonitorThreads, Shown } from "./thread.ts";

/** What may wait for the thread to take it. */
const MOST_BEHIND_BYTES = 64 * 1024 * 1024;
/** A thread that takes nothing for this time, while messages wait, hangs. */
const HANGS_AFTER_MS = 30_000;
const BACK_OFF = { firstMs: 500, longestMs: 30_000 };
const LONG_LIFE_MS = 300_000;
/** How long the thread may take to stop. */
const STOP_WITHIN_MS = 100;

/** A thread, and how far it is. */
interface Life {
  readonly thread: MonitorThread;
  /** The configuration that its permissions were granted for. */
  readonly settings: MonitorSettings;
  readonly startedMs: number;
  readonly stopped: PromiseWithResolvers<void>;
  sentBytes: number;
  takenBytes: number;
  /** When it last took something, or last had nothing to take. */
  movedMs: number;
  /** Whether it is given what drbdsetup prints. */
  follows: boolean;
  /** It was given a state that is not kept up to date. */
  hasStale: boolean;
}

export class MonitorHost implements StreamTap {
  readonly #gathered: Gathered;
  #settings: MonitorSettings | undefined;
  #life: Life | undefined;
  #restart: Timer | undefined;
  #look: Timer | undefined;
  readonly #backOff = new BackOff(BACK_OFF);
  #isStopping = false;
  #stopped: Promise<void> | undefined;

  constructor(
    readonly clock: Clock,
    readonly log: Logger,
    readonly threads: MonitorThreads,
    readonly shown: Shown,
  ) {
    this.#gathered = new Gathered(clock, (bytes) => this.#sendBytes("chunk", bytes));
  }

  /** From here on the thread does what `settings` say; there is none if they have no plugins. Ends when one that went has stopped. */
  async reload(settings: MonitorSettings): Promise<void> {
    this.#settings = settings;
    const life = this.#life;
    if (settings.instances.length === 0) return await this.#end();
    if (life === undefined) {
      this.#backOff.reset();
      this.#start();
    } else if (this.threads.suffices(life.settings, settings)) this.#send({ kind: "reload", settings });
    else {
      await this.#end();
      this.#start();
    }
  }

  /** Ends when the thread has stopped, or is late. */
  stop(): Promise<void> {
    this.#isStopping = true;
    this.#stopped ??= this.#end();
    return this.#stopped;
  }

  finished(): void {
    void this.stop();
  }

  started(): void {
    this.#gathered.flush();
    const life = this.#life;
    if (life === undefined) return;
    life.follows = isCaughtUp(life);
    if (life.follows) this.#send({ kind: "started" });
  }

  chunk(bytes: Uint8Array): void {
    const life = this.#life;
    if (life?.follows !== true) return;
    if (life.sentBytes - life.takenBytes + this.#gathered.length > MOST_BEHIND_BYTES) {
      return this.#onBehind(life);
    }
    this.#gathered.add(bytes);
  }

  taken(): void {
    this.#completeWhereDue();
  }

  ended(reason: string): void {
    this.#send({ kind: "stale", reason });
  }

  countersAsked(): void {
    this.#send({ kind: "countersAsked" });
  }

  decided(resource: string, decision: Decision): void {
    this.#send({ kind: "decision", resource, decision });
  }

  restored(resource: string, decisions: readonly Decision[]): void {
    this.#send({ kind: "restored", resource, decisions });
  }

  promoter(resource: string, promoter: ObservedPromoter | undefined): void {
    this.#send({ kind: "promoter", resource, promoter });
  }

  splitBrain(resource: string, peerNodeId: number): void {
    this.#send({ kind: "splitBrain", resource, peerNodeId });
  }

  module(version: string): void {
    this.#send({ kind: "module", version });
  }

  #start(): void {
    const settings = this.#settings;
    if (settings === undefined || this.#isStopping) return;
    this.#cancelRestart();
    let thread: MonitorThread;
    try {
      thread = this.threads.start(settings);
    } catch (error) {
      this.#startLater(`it cannot be started: ${describe(error)}`);
      return;
    }
    const nowMs = this.clock.nowMs();
    const life: Life = {
      thread,
      settings,
      startedMs: nowMs,
      stopped: Promise.withResolvers(),
      sentBytes: 0,
      takenBytes: 0,
      movedMs: nowMs,
      follows: false,
      hasStale: false,
    };
    this.#life = life;
    thread.onDeath = (reason) => this.#died(life, reason);
    thread.onMessage = (message) => this.#take(life, message);
    const { nodeEnvironment, known: dumpFollows } = this.shown;
    this.#send({ kind: "begin", nodeEnvironment, settings, memory: this.shown.memory(), dumpFollows });
    this.#completeWhereDue();
    this.#checkLater();
  }

  async #end(): Promise<void> {
    const life = this.#life;
    if (life !== undefined) {
      this.#send({ kind: "stop" });
      await endsWithin(this.clock, STOP_WITHIN_MS, life.stopped.promise);
      this.#forget(life);
    }
    // Also the one of a thread that died of the stop.
    this.#cancelRestart();
  }

  #take(life: Life, message: FromMonitor): void {
    if (life !== this.#life) return;
    switch (message.kind) {
      case "taken":
        life.takenBytes += message.bytes;
        life.movedMs = this.clock.nowMs();
        this.#completeWhereDue();
        return;
      case "log":
        return logForwarded(message.record);
      case "question":
        return void this.#answer(life, message.id, message.question);
      case "watching":
        return this.shown.watchCounters(message.isWatching);
      case "failed":
        return this.#died(life, message.reason);
      case "stopped":
        return life.stopped.resolve();
    }
  }

  async #answer(life: Life, id: number, question: Question): Promise<void> {
    const answer = await this.shown.answer(question);
    if (life === this.#life) this.#send({ kind: "answer", id, answer });
  }

  /** Gives a thread that does not follow, and has taken all it was given, what is known by now. */
  #completeWhereDue(): void {
    const life = this.#life;
    if (life === undefined || life.follows) return;
    // What was printed before the dump goes before it.
    this.#gathered.flush();
    if (!isCaughtUp(life) || !this.shown.known) return;
    const reason = this.shown.staleReason();
    if (reason !== undefined && life.hasStale) return;
    this.#sendBytes("dump", this.shown.dump());
    if (reason !== undefined) this.#send({ kind: "stale", reason });
    life.hasStale = reason !== undefined;
    life.follows = !life.hasStale;
  }

  #onBehind(life: Life): void {
    life.follows = false;
    life.hasStale = false;
    this.log.warn(
      "The monitor thread is more than {mebibytes} MiB behind: what it shows is old until it has caught up",
      { mebibytes: MOST_BEHIND_BYTES / 1024 / 1024 },
    );
  }

  #sendBytes(kind: "chunk" | "dump", bytes: Uint8Array<ArrayBuffer>): void {
    const life = this.#life;
    if (life === undefined) return;
    if (isCaughtUp(life)) life.movedMs = this.clock.nowMs();
    life.sentBytes += bytes.length;
    life.thread.send({ kind, bytes }, [bytes.buffer]);
  }

  /** After what was gathered. */
  #send(message: ToMonitor): void {
    this.#gathered.flush();
    this.#life?.thread.send(message);
  }

  #checkLater(): void {
    this.#look?.cancel();
    this.#look = this.clock.setTimer(HANGS_AFTER_MS, () => {
      const life = this.#life;
      if (life === undefined) return;
      const hangs = !isCaughtUp(life) && this.clock.nowMs() - life.movedMs >= HANGS_AFTER_MS;
      if (hangs) this.#died(life, `it has taken nothing for ${HANGS_AFTER_MS / 1000} s`);
      else this.#checkLater();
    });
  }

  #died(life: Life, reason: string): void {
    if (life !== this.#life) return;
    life.stopped.resolve();
    this.#forget(life);
    if (this.#isStopping) return;
    if (this.clock.nowMs() - life.startedMs >= LONG_LIFE_MS) this.#backOff.reset();
    this.#startLater(reason);
  }

  #startLater(reason: string): void {
    const delayMs = this.#backOff.next();
    this.log.error(
      "The monitor thread failed; restarting it in {seconds} s, services are not affected: {reason}",
      { seconds: delayMs / 1000, reason },
    );
    this.#restart = this.clock.setTimer(delayMs, () => this.#start());
  }

  #cancelRestart(): void {
    this.#restart?.cancel();
    this.#restart = undefined;
  }

  #forget(life: Life): void {
    life.thread.end();
    this.#look?.cancel();
    this.#life = undefined;
    this.#gathered.clear();
    this.shown.watchCounters(false);
  }
}

function isCaughtUp({ sentBytes, takenBytes }: Life): boolean {
  return sentBytes === takenBytes;
}
