/**
 * Stands before a server and keeps the number of its clients bounded, so that no crowd of them takes the memory and
 * file descriptors of the daemon. Bytes are passed on as they are.
 *
 * There is always room for one more client: when it is full, the client goes that can best be spared (`#sparable`).
 *
 * Should file descriptors run out before the bound is reached, it is lowered for good: the daemon needs some itself.
 */

import { Client, type Stream } from "./client.ts";
import { HTTP2_REFUSAL } from "./http2.ts";

/** A connection without traffic in either direction for this time is closed. */
export const SILENCE_MS = 60_000;

/** New connections get this time to send a request, up to this share of all connections. */
const SILENT_GRACE_MS = 1_000;
const SILENT_SHARE = 1 / 4;
/** The same for connections that wait for an answer. */
const ASKING_GRACE_MS = 10_000;
const ASKING_SHARE = 1 / 2;
/** A client that reads nothing for this time, while there is data, is not reading. */
const STUCK_MS = 1_000;

/**
 * An answer without data for this time, to a client that sends no further request, is complete. Event streams pause for
 * less.
 */
const LAST_WORDS_MS = 20_000;

/** The bound is not lowered below this. */
const FEWEST = 8;
/** Enough for most requests. Each client has a buffer of this size waiting. */
const REQUEST_BYTES = 2 * 1024;
const ANSWER_BYTES = 64 * 1024;

export class Connections {
  /**
   * Those that never said anything, those that have not asked anything whole, those that wait for their first answer, and
   * those that had one; each beginning with the one that was silent for longest.
   */
  readonly #silent = new Set<Client>();
  readonly #partial = new Set<Client>();
  readonly #asking = new Set<Client>();
  readonly #answered = new Set<Client>();
  readonly #all = [this.#silent, this.#partial, this.#asking, this.#answered];

  #most: number;

  /**
   * `connect` makes a connection to the server. It is made when a client has something to say. `onShrink` is called
   * when the limit was lowered.
   */
  constructor(
    most: number,
    readonly connect: () => Promise<Stream>,
    readonly nowMs: () => number,
    readonly onShrink: (most: number) => void = () => {},
  ) {
    this.#most = most;
  }

  /** The bound. */
  get most(): number {
    return this.#most;
  }

  /** Whether clients may soon have to go. */
  get isCrowded(): boolean {
    return this.size > this.#most / 2;
  }

  get size(): number {
    return this.#all.reduce((sum, clients) => sum + clients.size, 0);
  }

  /** Serves a client until it ends. Never rejects. */
  async serve(stream: Stream): Promise<void> {
    this.#spare(this.#most - 1);
    const client = new Client(stream, this.nowMs());
    this.#silent.add(client);
    try {
      await this.#pass(client);
    } catch {
      // The client has gone, or was let go, or the server has ended the connection.
    } finally {
      this.#drop(client);
    }
  }

  /** File descriptors ran out: half of the clients go, and no more than the other half are let in from here on. */
  shrink(): void {
    this.#most = Math.max(FEWEST, Math.min(this.#most, Math.floor(this.size / 2)));
    this.#spare(this.#most);
    this.onShrink(this.#most);
  }

  /** Closes connections that were silent for too long, and those that have got their last answer. */
  sweep(): void {
    const latestMs = this.nowMs() - SILENCE_MS;
    for (const clients of this.#all) {
      for (const client of clients) {
        if (client.lastMs > latestMs) break;
        this.#drop(client);
      }
    }
    const answeredMs = this.nowMs() - LAST_WORDS_MS;
    for (const client of this.#answered) {
      if (client.lastMs > answeredMs) break;
      if (client.hasSentAll && !client.isAsking && client.owedSinceMs === undefined) this.#drop(client);
    }
  }

  closeAll(): void {
    for (const clients of this.#all) {
      for (const client of clients) this.#drop(client);
    }
  }

  /** Lets clients go until there are so many, those first that can best be spared. */
  #spare(most: number): void {
    while (this.size > most) {
      const { value: client } = this.#sparable().values().next();
      if (client === undefined) return;
      this.#drop(client);
    }
  }

  /**
   * Clients to drop, the most dispensable first: those that do not read; silent ones, if they are many or have had
   * their time; those with half a request; those that wait for an answer, if they are many or have had their time. So a
   * client that asks and reads is not affected by a crowd of others.
   */
  #sparable(): ReadonlySet<Client> {
    const stuck = this.#stuck();
    if (stuck.size > 0) return stuck;
    if (this.#isGraceOver(this.#silent, SILENT_GRACE_MS, SILENT_SHARE)) return this.#silent;
    if (this.#partial.size > 0) return this.#partial;
    if (this.#isGraceOver(this.#asking, ASKING_GRACE_MS, ASKING_SHARE)) return this.#asking;
    return [this.#answered, this.#asking, this.#silent].find(({ size }) => size > 0) ?? this.#silent;
  }

  #isGraceOver(clients: ReadonlySet<Client>, graceMs: number, share: number): boolean {
    const [oldest] = clients;
    return oldest !== undefined &&
      (clients.size > this.#most * share || oldest.lastMs <= this.nowMs() - graceMs);
  }

  #stuck(): ReadonlySet<Client> {
    const latestMs = this.nowMs() - STUCK_MS;
    return new Set([...this.#answered].filter(({ owedSinceMs = Infinity }) => owedSinceMs <= latestMs));
  }

  #drop(client: Client): void {
    for (const clients of this.#all) clients.delete(client);
    client.close();
  }

  /** Rejects if the client breaks off. */
  async #pass(client: Client): Promise<void> {
    const buffer = new Uint8Array(REQUEST_BYTES);
    for (
      let count = await client.stream.read(buffer);
      count !== null;
      count = await client.stream.read(buffer)
    ) {
      if (client.http2.sees(buffer.subarray(0, count))) {
        await writeAll(client.stream, HTTP2_REFUSAL);
        return;
      }
      this.#received(client, buffer.subarray(0, count));
      const server = client.server ?? await this.#open(client);
      try {
        await writeAll(server, buffer.subarray(0, count));
      } catch {
        // The server wants no more of this, and may be saying so.
        return await client.answers;
      }
    }
    client.hasSentAll = true;
    // Deno's server no longer answers a client that has closed its sending side: it gets a pending answer first
    // (`sweep`).
    if (!client.isAsking) await client.server?.closeWrite();
    await client.answers;
  }

  async #open(client: Client): Promise<Stream> {
    const server = await this.#connect();
    client.server = server;
    // It may have been let go in the meantime.
    if (!client.isOpen) client.close();
    client.answers = this.#passBack(client, server);
    return server;
  }

  async #connect(): Promise<Stream> {
    try {
      return await this.connect();
    } catch (error) {
      if (!isExhaustion(error)) throw error;
      this.shrink();
      return await this.connect();
    }
  }

  /** Never rejects. */
  async #passBack(client: Client, server: Stream): Promise<void> {
    const buffer = new Uint8Array(ANSWER_BYTES);
    try {
      for (let count = await server.read(buffer); count !== null; count = await server.read(buffer)) {
        client.owedSinceMs = this.nowMs();
        client.isAsking = false;
        if (!this.#answered.has(client)) this.#move(client, this.#answered);
        await writeAll(client.stream, buffer.subarray(0, count));
        client.owedSinceMs = undefined;
        this.#move(client, this.#answered);
      }
    } catch {
      // As in `serve`.
    } finally {
      this.#drop(client);
    }
  }

  /** The client said something. */
  #received(client: Client, bytes: Uint8Array): void {
    const isWhole = client.endsHead(bytes);
    client.isAsking ||= isWhole;
    const to = this.#answered.has(client)
      ? this.#answered
      : isWhole || this.#asking.has(client)
      ? this.#asking
      : this.#partial;
    this.#move(client, to);
  }

  /** Makes it the last of these to be spared. */
  #move(client: Client, to: Set<Client>): void {
    if (!client.isOpen) return;
    client.lastMs = this.nowMs();
    for (const clients of this.#all) clients.delete(client);
    to.add(client);
  }
}

/** Whether the process, or the machine, has no file descriptors left. */
export function isExhaustion(error: unknown): boolean {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return code === "EMFILE" || code === "ENFILE";
}

async function writeAll(stream: Stream, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await stream.write(bytes.subarray(at));
}
