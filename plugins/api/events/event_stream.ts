/**
 * The messages to one client of the event stream, in order:
 *
 * 1. `status`: the node, its problems, and whether its state is up to date; repeated when that changes.
 * 2. The updates it missed or requested; or `reset` if missed updates are no longer available.
 * 3. With `snapshot` or `state`: every resource, then `snapshot-end`, as soon as the state is known; until then nothing
 *    else, because the snapshot includes the first dump.
 * 4. Updates as they happen. With `state` also changed resources, and names of those that are gone.
 *
 * It ends after `MOST_PIECES`; the client reconnects, as after any other end.
 *
 * Heartbeats also carry ids, so that a client that filters out most updates does not fall out of the ring. No id is sent
 * while a snapshot is due, because a client that reconnects with an id gets none.
 *
 * Nothing waits for a client: it has a position in the ring of updates and reads on from there. A client that falls behind
 * by more than the ring holds gets a `reset` and starts again.
 */
import type { HealthBoard } from "../../../src/daemon/status/health_board.ts";
import type { Clock } from "../../../src/effects/effects.ts";
import { VERSION } from "../../../src/version.ts";
import type { ChangeNotifier } from "./change_notifier.ts";
import { type EventsQuery, wants } from "./events_query.ts";
import type { Message, MessageForm } from "./messages.ts";
import { problemObjects } from "../json/health_json.ts";
import { inPieces } from "../http/paced_body.ts";
import type { History } from "./history.ts";
import type { Views } from "../json/views.ts";

export const HEARTBEAT_MS = 15_000;

/** Changes within this time after a message are sent together. */
const GATHER_MS = 50;

/**
 * A stream ends after this many chunks, and its client reconnects. Deno (2.4) keeps some memory for each chunk of an answer
 * until its end: a page that stays open would fill the memory within weeks.
 */
const MOST_PIECES = 10_000;

/** The shared source of all clients. */
export interface Sources {
  readonly clock: Clock;
  readonly ring: History;
  readonly views: Views;
  readonly bell: ChangeNotifier;
  readonly node: string;
  readonly health: Pick<HealthBoard, "nodeProblems">;
  staleReason(): string | undefined;
}

/** A client and its position. */
export interface Follower {
  readonly lastId: string | undefined;
  readonly form: MessageForm;
  /** Aborts when the client has disconnected. */
  readonly signal: AbortSignal;
  /** Whether it may still receive messages. */
  isLetIn(): Promise<boolean>;
}

/** Chunks of text for one client, until it disconnects or its token is revoked. */
export async function* eventStream(
  sources: Sources,
  query: EventsQuery,
  { lastId, form, signal, isLetIn }: Follower,
  mostPieces = MOST_PIECES,
): AsyncGenerator<string> {
  const { clock, bell } = sources;
  const client = new Client(sources, query);
  let sentMs = clock.nowMs();
  let pieces = 0;
  // Pending updates enter the ring first, so that they are not sent again after a snapshot that includes them.
  if (client.looksAtAll) await clock.nextTurn();
  let news = client.greeting(lastId);
  for (;;) {
    const before = pieces;
    for (const piece of inPieces(textsOf(news, form))) {
      yield piece;
      pieces++;
      sentMs = clock.nowMs();
    }
    if (signal.aborted || pieces >= mostPieces) return;
    if (pieces > before) await clock.sleep(GATHER_MS, signal);
    else if (clock.nowMs() - sentMs >= HEARTBEAT_MS) {
      yield form.heartbeat(client.id);
      pieces++;
      sentMs = clock.nowMs();
    } else await bell.wait(signal);
    if (client.isWaiting) await clock.nextTurn();
    if (!await isLetIn()) return;
    news = client.news();
  }
}

function* textsOf(messages: Iterable<Message>, form: MessageForm): Generator<string> {
  for (const message of messages) yield form.text(message);
}

class Client {
  /** Number of the next update. */
  #next: number;
  #status = "";
  /** Version of all resources that the client has. */
  #version = 0;
  #needsSnapshot = false;
  #isWaiting = false;

  constructor(readonly sources: Sources, readonly query: EventsQuery) {
    this.#next = sources.ring.end;
  }

  /** Whether it receives resources, not only updates. */
  get looksAtAll(): boolean {
    return this.query.state || this.query.snapshot;
  }

  /** Whether it waits for the state to be known. */
  get isWaiting(): boolean {
    return this.#isWaiting;
  }

  /** The id with which it can continue from here; undefined if it would miss something. */
  get id(): string | undefined {
    return this.#needsSnapshot ? undefined : this.sources.ring.idBefore(this.#next);
  }

  /** The first messages to a client. */
  *greeting(lastId: string | undefined): Generator<Message> {
    const { ring } = this.sources;
    const { query } = this;
    const resumed = lastId === undefined ? undefined : ring.after(lastId);
    this.#needsSnapshot = resumed === undefined && query.snapshot && !query.state;
    this.#next = resumed ?? (lastId === undefined ? this.#beginOfRecent() : ring.end);
    yield* this.#changedStatus();
    if (lastId !== undefined && resumed === undefined) {
      yield this.#reset("The events after the given id are no longer available");
    }
    yield* this.#updates();
    if (!query.state && !this.#needsSnapshot) return;
    this.#isWaiting = !this.#isKnown();
    // Changes while the client receives the snapshot are sent after it.
    if (!this.#isWaiting) yield* this.#snapshot();
  }

  /** The messages to send now, if any. */
  *news(): Generator<Message> {
    yield* this.#changedStatus();
    if (this.#isWaiting) {
      if (this.#isKnown()) yield* this.#firstSnapshot();
      return;
    }
    yield* this.#updates();
    if (!this.query.state) return;
    if (this.sources.views.remembers(this.#version)) yield* this.#changedResources();
    else yield* this.#beginAnew();
  }

  /** Resources in the form of the API. */
  #isKnown(): boolean {
    const { staleReason, views } = this.sources;
    return staleReason() === undefined || views.all().views.length > 0;
  }

  *#firstSnapshot(): Generator<Message> {
    this.#isWaiting = false;
    this.#next = this.sources.ring.end;
    yield* this.#snapshot();
  }

  *#changedStatus(): Generator<Message> {
    const reason = this.sources.staleReason();
    const status = JSON.stringify({
      node: this.sources.node,
      version: VERSION,
      stale: reason !== undefined,
      reason: reason ?? null,
      problems: problemObjects(this.sources.health.nodeProblems),
    });
    if (status === this.#status) return;
    this.#status = status;
    yield { event: "status", id: this.id, data: status };
  }

  *#updates(): Generator<Message> {
    const { ring } = this.sources;
    while (this.#next < ring.end) {
      if (this.#next < ring.begin) {
        yield* this.#beginAnew();
        continue;
      }
      const timed = ring.at(this.#next++);
      if (wants(this.query, timed.update)) yield { event: "update", id: this.id, data: timed.json };
    }
  }

  /** Moves the client to the next new update. */
  #reset(reason: string): Message {
    const { ring } = this.sources;
    this.#next = ring.end;
    return { event: "reset", id: this.id, data: JSON.stringify({ reason }) };
  }

  /** For a client that is too far behind. */
  *#beginAnew(): Generator<Message> {
    this.#needsSnapshot = this.query.snapshot && !this.query.state;
    yield this.#reset("More has happened than is kept for a client to catch up with");
    if (this.looksAtAll) yield* this.#snapshot();
  }

  *#snapshot(): Generator<Message> {
    let count = 0;
    this.#version = 0;
    for (const message of this.#changedResources()) {
      yield message;
      count++;
    }
    this.#needsSnapshot = false;
    yield { event: "snapshot-end", id: this.id, data: JSON.stringify({ resources: count }) };
  }

  *#changedResources(): Generator<Message> {
    const { resources } = this.query;
    const { views } = this.sources;
    const since = this.#version;
    this.#version = views.all().version;
    if (this.#version === since) return;
    for (const change of views.changes(since)) {
      const name = "gone" in change ? change.gone : change.view.name;
      if (resources !== undefined && !resources.has(name)) continue;
      if ("gone" in change) yield { event: "gone", data: JSON.stringify({ name }) };
      else yield { event: "resource", data: change.view.json };
    }
  }

  #beginOfRecent(): number {
    const { ring } = this.sources;
    let begin = ring.end;
    for (let left = this.query.recent; left > 0 && begin > ring.begin; begin--) {
      if (wants(this.query, ring.at(begin - 1).update)) left--;
    }
    return begin;
  }
}
