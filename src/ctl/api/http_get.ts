/**
 * A GET over a connection of the effects: HTTP/1.1, as much of it as it takes to read what drbdd's api plugin answers.
 * Deno's own client learnt to speak through unix sockets after the oldest Deno that drbdd runs on.
 */
import type { Connection, Network, ServerAddress } from "../../effects/effects.ts";

/** drbdd never sends a longer head. */
const LONGEST_HEAD = 65_536;

/** The head of an answer, and its body as a stream. */
export interface Answer {
  readonly status: number;
  /** By names in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  /** The body as it arrives. Leaving the iteration early closes the connection. */
  readonly body: AsyncGenerator<Uint8Array, void>;
}

/** The other side is no HTTP server, or ended in the middle of its answer. */
export class HttpError extends Error {
  override readonly name = "HttpError";
}

/**
 * Asks for `path`. Rejects with `ConnectError` if there is no answer, and with `HttpError`; when `signal` aborts, the
 * connection is closed, and what is read of it ends or rejects.
 */
export async function httpGet(
  network: Network,
  address: ServerAddress,
  path: string,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<Answer> {
  const connection = await network.connect(address, signal);
  const close = () => connection.close();
  signal.addEventListener("abort", close);
  const end = () => {
    signal.removeEventListener("abort", close);
    close();
  };
  try {
    const host = address.transport === "unix" ? "localhost" : hostOf(address);
    const fields = { "Host": host, "Connection": "close", ...headers };
    const lines = [
      `GET ${path} HTTP/1.1`,
      ...Object.entries(fields).map(([name, value]) => `${name}: ${value}`),
    ];
    await connection.send(new TextEncoder().encode(`${lines.join("\r\n")}\r\n\r\n`));
    const input = new Input(connection);
    const { status, headers: answered } = await readHead(input);
    return { status, headers: answered, body: bodyOf(input, answered, end) };
  } catch (error) {
    end();
    throw error;
  }
}

function hostOf({ hostname, port }: { readonly hostname: string; readonly port: number }): string {
  return `${hostname.includes(":") ? `[${hostname}]` : hostname}:${port}`;
}

async function readHead(input: Input): Promise<Pick<Answer, "status" | "headers">> {
  const first = await input.line();
  const [, status] = /^HTTP\/1\.[01] (\d{3})\b/.exec(first ?? "") ?? [];
  if (status === undefined) throw new HttpError("the server does not speak HTTP/1.1");
  const headers = new Map<string, string>();
  for (;;) {
    const line = await input.line();
    if (line === undefined) throw new HttpError("the connection closed in the middle of the answer's head");
    if (line === "") return { status: Number(status), headers };
    const colon = line.indexOf(":");
    if (colon > 0) headers.set(line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim());
  }
}

async function* bodyOf(
  input: Input,
  headers: ReadonlyMap<string, string>,
  end: () => void,
): AsyncGenerator<Uint8Array, void> {
  try {
    const length = headers.get("content-length");
    if (headers.get("transfer-encoding")?.toLowerCase() === "chunked") yield* chunksOf(input);
    else if (length !== undefined) yield* input.bytes(Number(length));
    else yield* input.rest();
  } finally {
    end();
  }
}

async function* chunksOf(input: Input): AsyncGenerator<Uint8Array, void> {
  for (;;) {
    const line = await input.line();
    const [, size] = /^([0-9a-f]+)(?:;.*)?$/i.exec(line ?? "") ?? [];
    if (size === undefined) throw new HttpError("the connection closed in the middle of the answer");
    const length = parseInt(size, 16);
    if (length === 0) return;
    yield* input.bytes(length);
    if (await input.line() !== "") throw new HttpError("a chunk of the answer has a wrong length");
  }
}

/** Bytes as they come, taken by lines and by counts. */
class Input {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  #held: Uint8Array = new Uint8Array();

  constructor(connection: Connection) {
    this.#reader = connection.received.getReader();
  }

  /** A line without its end; undefined if there is no more. */
  async line(): Promise<string | undefined> {
    for (;;) {
      const newline = this.#held.indexOf(10);
      if (newline >= 0) {
        const line = new TextDecoder().decode(this.#held.subarray(0, newline));
        this.#held = this.#held.subarray(newline + 1);
        return line.replace(/\r$/, "");
      }
      if (this.#held.length > LONGEST_HEAD) throw new HttpError("the answer has a line without an end");
      const more = await this.#read();
      if (more === undefined) return undefined;
      this.#held = joined(this.#held, more);
    }
  }

  /** Exactly so many bytes. */
  async *bytes(count: number): AsyncGenerator<Uint8Array, void> {
    for (let left = count; left > 0;) {
      const piece = this.#held.length > 0 ? this.#held : await this.#read();
      if (piece === undefined) throw new HttpError("the connection closed in the middle of the answer");
      const taken = piece.subarray(0, left);
      this.#held = piece.subarray(taken.length);
      left -= taken.length;
      yield taken;
    }
  }

  /** Everything until the end. */
  async *rest(): AsyncGenerator<Uint8Array, void> {
    if (this.#held.length > 0) yield this.#held;
    for (let piece = await this.#read(); piece !== undefined; piece = await this.#read()) yield piece;
  }

  async #read(): Promise<Uint8Array | undefined> {
    const { done, value } = await this.#reader.read();
    return done ? undefined : value;
  }
}

function joined(one: Uint8Array, other: Uint8Array): Uint8Array {
  if (one.length === 0) return other;
  const whole = new Uint8Array(one.length + other.length);
  whole.set(one);
  whole.set(other, one.length);
  return whole;
}
