/** The feed of our own drbdsetup, parsed with the daemon's code. */
import { problemObjects } from "../../../plugins/api/json/health_json.ts";
import { resourceToJson, UNKNOWN_NODE_ID } from "../../../plugins/api/json/resource_json.ts";
import { TimedUpdate } from "../../../plugins/api/events/history.ts";
import { EVERYTHING } from "../../drbd/state/interest.ts";
import type { ObservedPromoter } from "../../health/observed.ts";
import { isSyncing } from "../../health/resync.ts";
import type { Effects } from "../../effects/effects.ts";
import { Events2Source } from "../../daemon/source/events2_source.ts";
import { DaemonStats } from "../../daemon/status/daemon_stats.ts";
import { HealthBoard, SPLIT_BRAIN } from "../../daemon/status/health_board.ts";
import { type Logger } from "../../logging/logging.ts";
import { Queue } from "../../effects/queue.ts";
import { Reader } from "../../daemon/source/reader.ts";
import { askKernel, withModule } from "./kernel.ts";
import { VERSION } from "../../version.ts";
import { quietLogger } from "../cli/quiet_logger.ts";
import type { Feed, Lost, Message, Resource, Update, Wanted } from "./feed.ts";

/** Reads the state of services of all promoters of this node, by resource. Never rejects. */
export type ObserveServices = () => Promise<ReadonlyMap<string, ObservedPromoter>>;

/** Pause between two reads of the state of services. */
const SERVICES_EVERY_MS = 5_000;
/** Time limit for the first read. */
const SERVICES_WITHIN_MS = 2_000;

/** `intervalMs`: how often to read counters. */
export function drbdsetupFeed(
  effects: Effects,
  intervalMs: number,
  observeServices: ObserveServices = () => Promise.resolve(new Map()),
): Feed {
  return {
    source: "drbdsetup",
    async *messages(wanted, signal) {
      const over = new AbortController();
      const listener: Listener = new Listener(effects, wanted, () => source.askedMs);
      const source: Events2Source = new Events2Source(effects, listener.log, intervalMs);
      const end = AbortSignal.any([signal, over.signal]);
      if (wanted.resources) void follow(effects, observeServices, listener, end);
      const running = source.run(end, listener);
      void running.finally(() => listener.end());
      try {
        yield* listener.messages();
      } finally {
        over.abort();
        await running;
      }
    },
  };
}

/** Reports the state of services to `listener` until `signal` aborts. */
async function follow(
  { clock }: Effects,
  look: ObserveServices,
  listener: Listener,
  signal: AbortSignal,
): Promise<void> {
  // The first messages about resources should include their services; but a systemd that hangs must not delay them.
  const late = new AbortController();
  void clock.sleep(SERVICES_WITHIN_MS, AbortSignal.any([signal, late.signal])).then(() => listener.ready());
  while (!signal.aborted) {
    const services = await look();
    late.abort();
    if (signal.aborted) return;
    listener.services(services);
    await clock.sleep(SERVICES_EVERY_MS, signal);
  }
}

class Listener {
  readonly #effects: Effects;
  readonly #wanted: Wanted;
  readonly #reader: Reader;
  readonly #board: HealthBoard;
  /** JSON texts, to detect changes. */
  readonly #services = new Map<string, string>();
  /** Roles of resources when they were last reported or their services were read. */
  readonly #roles = new Map<string, string>();
  /** Messages to send, and names of changed resources. */
  readonly #queue = new Queue<Message | Lost | string>();
  /** Resources in the queue, each at most once: they are sent in their state at that time. */
  readonly #waiting = new Set<string>();
  #wake: () => void = () => {};
  #isOver = false;
  /** Services were read, or that takes too long, or they are not needed. */
  #isReady: boolean;
  /**
   * The kernel module was checked, and earlier split brains are known: the kernel's log was read if a connection is
   * StandAlone.
   */
  #isKernelKnown = false;
  /** The complete state must be reported when it is ready. */
  #isPending = false;
  #id = 0;
  /** The last line of drbdsetup on standard error: the best available reason for its end. */
  #complaint = "";
  readonly log: Logger;

  constructor(effects: Effects, wanted: Wanted, countersMs: () => number) {
    this.#effects = effects;
    this.#wanted = wanted;
    this.#isReady = !wanted.resources;
    this.#reader = new Reader(quietLogger, new DaemonStats(), EVERYTHING, ({ helper, name, peerNodeId }) => {
      if (helper === SPLIT_BRAIN && peerNodeId !== undefined) this.#board.splitBrain(name, peerNodeId);
    });
    this.#board = new HealthBoard({
      clock: effects.clock,
      cluster: () => this.#reader.cluster(),
      resource: (name) => this.#reader.resource(name),
      staleReason: () => undefined,
      countersMs,
    });
    this.log = {
      ...quietLogger,
      warn: (_, fields) => {
        if (typeof fields?.["line"] === "string") this.#complaint = fields["line"];
      },
    };
  }

  async *messages(): AsyncGenerator<Message | Lost, void> {
    for (;;) {
      for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift()) {
        yield typeof next === "string" ? this.#resourceNow(next) : next;
      }
      if (this.#isOver) return;
      await new Promise<void>((resolve) => this.#wake = resolve);
    }
  }

  started(): void {
    this.#reader.start();
    this.#complaint = "";
  }

  chunk(bytes: Uint8Array): void {
    const wasLive = this.#reader.live;
    const step = this.#reader.take(bytes);
    if (!this.#reader.live) return;
    if (!wasLive) {
      this.#isPending = true;
      void this.#askKernel();
    }
    this.#putIfPending();
    if (this.#isPending) return;
    // After a restart of drbdsetup, differences are changes, too.
    if (this.#wanted.updates) this.#emitUpdates(step);
    if (this.#wanted.resources && wasLive) {
      for (const name of step.touched()) this.#putResource(name);
    }
  }

  /** Counters were requested. A resync without progress changes none of them, so it is reported here. */
  asked(): void {
    if (!this.#wanted.resources || !this.#reader.live || !this.#board.isMoving) return;
    for (const { name, peerDevices } of this.#reader.cluster()) {
      if (peerDevices.some(isSyncing)) this.#putResource(name);
    }
  }

  /** Stops waiting for services. */
  ready(): void {
    if (this.#isReady) return;
    this.#isReady = true;
    if (this.#reader.live) this.#putIfPending();
  }

  async #askKernel(): Promise<void> {
    if (this.#wanted.resources) await askKernel(this.#effects, this.#reader.cluster(), this.#board);
    this.#isKernelKnown = true;
    if (this.#reader.live) this.#putIfPending();
  }

  async #putLost(failure: string): Promise<void> {
    const reason = await withModule(failure, this.#effects);
    if (!this.#reader.live) this.#put({ event: "lost", reason });
  }

  #putIfPending(): void {
    if (!this.#isPending || !this.#isReady || !this.#isKernelKnown) return;
    this.#isPending = false;
    this.#putAll();
  }

  /** Takes the state of services. */
  services(found: ReadonlyMap<string, ObservedPromoter>): void {
    for (const name of this.#services.keys()) {
      if (found.has(name)) continue;
      this.#services.delete(name);
      this.#board.setPromoter(name, undefined);
    }
    for (const [name, promoter] of found) {
      const role = this.#reader.resource(name)?.role;
      if (role !== undefined) this.#roles.set(name, role);
      const text = JSON.stringify(promoter);
      if (this.#services.get(name) === text) continue;
      this.#services.set(name, text);
      this.#board.setPromoter(name, promoter);
      if (this.#isReady && this.#reader.live && this.#reader.resource(name) !== undefined) {
        this.#putResource(name);
      }
    }
    this.ready();
  }

  ended(reason: string): void {
    this.#reader.end();
    const more = this.#complaint === "" ? "" : `: ${this.#complaint}`;
    void this.#putLost(`drbdsetup events2: ${reason}${more}`);
  }

  end(): void {
    this.#isOver = true;
    this.#wake();
  }

  #putAll(): void {
    this.#put({
      event: "status",
      data: {
        ...{ node: this.#effects.nodeName(), version: VERSION, stale: false, reason: null },
        problems: problemObjects(this.#board.nodeProblems),
      },
    });
    const names = Array.from(this.#reader.cluster(), ({ name }) => name).filter((name) =>
      this.#isWanted(name)
    );
    for (const name of names) this.#putResource(name);
    this.#put({ event: "snapshot-end", data: { resources: names.length } });
  }

  #putResource(name: string): void {
    if (!this.#isWanted(name) || this.#waiting.has(name)) return;
    this.#waiting.add(name);
    this.#put(name);
  }

  #resourceNow(name: string): Message {
    this.#waiting.delete(name);
    const resource = this.#reader.resource(name);
    if (resource === undefined) return { event: "gone", data: { name } };
    this.#forgetUnits(name, resource.role);
    const data: Resource = JSON.parse(
      resourceToJson(
        resource,
        UNKNOWN_NODE_ID,
        this.#board.ofResource(resource),
        this.#board.promoterOf(name),
      ),
    );
    return { event: "resource", data };
  }

  /** After a change of role the last known state of its services is outdated. */
  #forgetUnits(name: string, role: string): void {
    const known = this.#services.get(name);
    const before = this.#roles.get(name);
    this.#roles.set(name, role);
    if (known === undefined || before === undefined || before === role) return;
    this.#services.set(name, "");
    const { units: _, ...rest }: ObservedPromoter = known === ""
      ? { file: name, isEnabled: true }
      : JSON.parse(known);
    this.#board.setPromoter(name, rest);
  }

  #emitUpdates({ updates }: ReturnType<Reader["take"]>): void {
    const wallMs = this.#effects.clock.wallMs();
    for (let place = 0; place < updates.length; place++) {
      const update = updates.peek(place);
      // The initial state is sent as resources.
      if (update.type === "exists" || !this.#isWanted(update.name)) continue;
      const data: Update = JSON.parse(new TimedUpdate(update, wallMs).json);
      this.#put({ event: "update", id: String(this.#id++), data });
    }
  }

  #isWanted(name: string): boolean {
    return this.#wanted.names === undefined || this.#wanted.names.includes(name);
  }

  #put(message: Message | Lost | string): void {
    this.#queue.push(message);
    this.#wake();
  }
}
