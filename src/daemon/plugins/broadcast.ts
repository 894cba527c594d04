/**
 * Fan-out of changes to subscribers. Nothing here waits: each subscriber has its own queue, and what it does not want
 * is dropped before it is queued, or even built.
 */
import type { Cluster } from "../../drbd/model/cluster.ts";
import { existsUpdates } from "../../drbd/state/diff.ts";
import type { Resource } from "../../drbd/model/model.ts";
import type { Step } from "../../drbd/state/stream.ts";
import type { Unplaced, Update } from "../../drbd/model/update.ts";
import type { Clock } from "../../effects/effects.ts";
import type { Logger } from "../../logging/logging.ts";
import type { Filter, Missed, ResourceNews, Subscription } from "./plugin.ts";
import { type Subscriber, Subscribers } from "./subscribers.ts";
import { AllChanges, ChangedResources, RecentChanges } from "./subscription.ts";

/** A queue for decisions that is longer than this is reported. */
const LONG_QUEUE = 10_000;
const REPORT_EVERY_MS = 60_000;

/** What is known when a subscriber comes. */
export interface Known {
  cluster(): Cluster;
  resource(name: string): Resource | undefined;
  /** Whether a dump was ever complete: before, there is nothing to begin with. */
  readonly known: boolean;
}

export class Broadcast {
  readonly #ofResources = new Set<{ wants: (name: string) => boolean; put: ChangedResources["put"] }>();

  constructor(
    readonly clock: Clock,
    readonly known: Known,
    readonly subscribers = new Subscribers(),
  ) {}

  /** As `PluginContext.changes`. All subscriptions end with their signal. Long queues are reported to `log`. */
  changes(filter: Filter | undefined, signal: AbortSignal, log: Logger): Subscription<Update> {
    let reportedMs = -Infinity;
    const report = () => {
      const nowMs = this.clock.nowMs();
      if (nowMs - reportedMs < REPORT_EVERY_MS) return;
      reportedMs = nowMs;
      log.warn("{count} updates are queued: they arrive faster than they are handled", {
        count: queue.length,
      });
    };
    const put = (_update: Unplaced, build: () => Update) => {
      queue.put(build());
      if (queue.length > LONG_QUEUE) report();
    };
    const subscriber = subscriberOf(filter, put);
    const queue = new AllChanges(signal, () => this.subscribers.remove(subscriber));
    this.#add(subscriber);
    if (signal.aborted) queue.close();
    return queue;
  }

  /** As `PluginContext.recentChanges`. */
  recentChanges(
    filter: Filter | undefined,
    capacity: number,
    signal: AbortSignal,
  ): Subscription<Unplaced | Missed> {
    const subscriber = subscriberOf(filter, (update) => queue.put(withoutResource(update)));
    const queue = new RecentChanges(capacity, signal, () => this.subscribers.remove(subscriber));
    this.#add(subscriber);
    if (signal.aborted) queue.close();
    return queue;
  }

  /** As `PluginContext.resources`. The kinds of a filter are of no use here. */
  resources(filter: Filter | undefined, signal: AbortSignal): Subscription<ResourceNews> {
    const names = filter?.resources && new Set(filter.resources);
    const wants = (name: string) => names === undefined || names.has(name);
    const queue = new ChangedResources(signal, () => this.#ofResources.delete(subscriber));
    const subscriber = { wants, put: queue.put.bind(queue) };
    this.#ofResources.add(subscriber);
    for (const resource of this.known.cluster()) {
      if (wants(resource.name)) queue.put(resource.name, resource);
    }
    if (signal.aborted) queue.close();
    return queue;
  }

  /** Publishes the updates of a chunk of lines. */
  publish(step: Step): void {
    if (!this.subscribers.isEmpty) this.#publishUpdates(step);
    if (this.#ofResources.size > 0) this.#publishResources(step);
  }

  #publishUpdates({ updates }: Step): void {
    const { subscribers } = this;
    for (let place = 0; place < updates.length; place++) {
      const update = updates.peek(place);
      const build = () => updates.get(place);
      enqueue(subscribers.ofAll, update, build);
      enqueue(subscribers.of(update.name), update, build);
      if (update.type === "rename") {
        enqueue(this.#knowingOnlyNewName(update.name, update.newName), update, build);
      }
    }
  }

  /** A rename is sent to subscribers of the old name and of the new one, to each once. */
  #knowingOnlyNewName(name: string, newName: string): Subscriber[] {
    const notified = this.subscribers.of(name);
    return [...this.subscribers.of(newName)].filter((subscriber) => !notified.has(subscriber));
  }

  #publishResources(step: Step): void {
    for (const name of step.touched()) {
      for (const subscriber of this.#ofResources) {
        if (subscriber.wants(name)) subscriber.put(name, this.known.resource(name));
      }
    }
  }

  #add(subscriber: Subscriber): void {
    this.subscribers.add(subscriber);
    if (!this.known.known) return;
    const resources = subscriber.resources === undefined
      ? this.known.cluster()
      : [...subscriber.resources].sort().flatMap((name) => this.known.resource(name) ?? []);
    for (const update of existsUpdates(resources)) enqueue([subscriber], update, () => update);
  }
}

function subscriberOf(filter: Filter | undefined, put: Subscriber["put"]): Subscriber {
  return {
    resources: filter?.resources && new Set(filter.resources),
    kinds: filter?.kinds && new Set(filter.kinds),
    put,
  };
}

/** Puts an update into the queues of subscribers to its kind. It is built only if there are any. */
function enqueue(subscribers: Iterable<Subscriber>, update: Unplaced, build: () => Update): void {
  for (const subscriber of subscribers) {
    if (subscriber.kinds === undefined || subscriber.kinds.has(update.kind)) subscriber.put(update, build);
  }
}

/** An update that was built already holds its resource; a subscriber that keeps many updates must not keep as many snapshots. */
function withoutResource(update: Unplaced): Unplaced {
  if (!("resource" in update)) return update;
  const { resource: _, ...rest } = update;
  return rest as Unplaced;
}
