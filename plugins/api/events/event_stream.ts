/**
 * What one client of the event stream is told, in order:
 *
 * 1. `status`: which node this is, and whether its state is up to date. Again whenever that changes.
 * 2. The updates it missed, or asked for; or `reset` if those it missed are not available any more.
 * 3. With `snapshot` or `state`: every resource, then `snapshot-end`, as soon as the state is known; until then nothing
 *    else, as the first dump is in the snapshot.
 * 4. Updates as they come. With `state` also resources of which anything changed, and names of those that are gone.
 *
 * After `MOST_PIECES` it ends; the client comes back, as after any other end.
 *
 * Ids come with all that tells how far the client is, heartbeats too: one that wants little of what happens is not out
 * of the ring for that. None comes as long as a snapshot is due, which nobody gets who comes back with an id.
 *
 * Nothing waits for a client here: it has a place in the ring of updates, and reads on from it when it has taken what
 * it got before. One that falls behind by more than the ring holds gets a `reset`, and begins anew.
 */
import type { Clock } from "../../../src/effects/effects.ts";
import { VERSION } from "../../../src/version.ts";
import type { ChangeNotifier } from "./change_notifier.ts";
import { type EventsQuery, wants } from "./events_query.ts";
import type { Message, MessageForm } from "./messages.ts";
import { inPieces } from "../http/paced_body.ts";
import type { History } from "./history.ts";
import type { Views } from "../json/views.ts";

export const HEARTBEAT_MS = 15_000;

/** What comes within so long after something was told is told together. */
const GATHER_MS = 50;

/**
 * A stream that was given so many pieces of text ends, and its client comes back. Deno (2.4) keeps something of each piece
 * of an answer until all of it is answered: a page that shows the state on a wall would fill the memory in some weeks.
 */
const MOST_PIECES = 10_000;

/** What all clients are told of. */
export interface Sources {
  readonly clock: Clock;
  readonly ring: History;
  readonly views: Views;
  readonly bell: ChangeNotifier;
  readonly node: string;
  staleReason(): string | undefined;
}

/** A client, and where it left off. */
export interface Follower {
  readonly lastId: string | undefined;
  readonly form: MessageForm;
  /** Aborts when it has gone. */
  readonly signal: AbortSignal;
  /** Whether it may go on to be told. */
  isLetIn(): Promise<boolean>;
}

/** Pieces of text for one client, until it has gone, or is not let in any more. */
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
  // What is in a snapshot shall not come as an update: those under way get into the ring first.
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
  /** Number of the update that comes next. */
  #next: number;
  #status = "";
  /** Of all resources, when the client was last told of them. */
  #version = 0;
  #isOwedSnapshot = false;
  #isWaiting = false;

  constructor(readonly sources: Sources, readonly query: EventsQuery) {
    this.#next = sources.ring.end;
  }

  /** Whether it is told of resources, and not of updates only. */
  get looksAtAll(): boolean {
    return this.query.state || this.query.snapshot;
  }

  /** Whether it waits for the state to be known. */
  get isWaiting(): boolean {
    return this.#isWaiting;
  }

  /** What it sends to go on from here; undefined if it would miss something then. */
  get id(): string | undefined {
    return this.#isOwedSnapshot ? undefined : this.sources.ring.idBefore(this.#next);
  }

  /** What a client is told first. */
  *greeting(lastId: string | undefined): Generator<Message> {
    const { ring } = this.sources;
    const { query } = this;
    const resumed = lastId === undefined ? undefined : ring.after(lastId);
    this.#isOwedSnapshot = resumed === undefined && query.snapshot && !query.state;
    this.#next = resumed ?? (lastId === undefined ? this.#beginOfRecent() : ring.end);
    yield* this.#changedStatus();
    if (lastId !== undefined && resumed === undefined) {
      yield this.#reset("What came after the last event is not known here any more");
    }
    yield* this.#updates();
    if (!query.state && !this.#isOwedSnapshot) return;
    this.#isWaiting = !this.#isKnown();
    // What comes while the client takes the snapshot comes after it.
    if (!this.#isWaiting) yield* this.#snapshot();
  }

  /** What is to be told now; nothing, if there is nothing. */
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

  /** As the API knows resources, or that there are none. */
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
      const told = ring.at(this.#next++);
      if (wants(this.query, told.update)) yield { event: "update", id: this.id, data: told.json };
    }
  }

  /** The client goes on with the next update that comes. */
  #reset(reason: string): Message {
    const { ring } = this.sources;
    this.#next = ring.end;
    return { event: "reset", id: this.id, data: JSON.stringify({ reason }) };
  }

  /** For a client that is too far behind. */
  *#beginAnew(): Generator<Message> {
    this.#isOwedSnapshot = this.query.snapshot && !this.query.state;
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
    this.#isOwedSnapshot = false;
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
