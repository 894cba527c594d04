/** Servers that exist in tests only. */
import {
  ConnectError,
  type Connection,
  type HttpServer,
  type ListenAddress,
  ListenError,
  type Network,
  type RequestHandler,
  type ServerAddress,
} from "../../../src/effects/effects.ts";

/** The server's end of a connection. */
export class ServerEnd {
  /** Called with what the client sends. */
  onBytes: (bytes: Uint8Array) => void = () => {};
  /** Called when the client ends the connection. */
  onEnd: () => void = () => {};
  isOpen = true;
  #toClient: ReadableStreamDefaultController<Uint8Array> | undefined;
  readonly client: Connection;

  constructor() {
    this.client = {
      received: new ReadableStream({ start: (controller) => void (this.#toClient = controller) }),
      send: (bytes) => {
        if (!this.isOpen) return Promise.reject(new Error("Broken pipe"));
        this.onBytes(bytes.slice());
        return Promise.resolve();
      },
      close: () => {
        if (!this.isOpen) return;
        this.close();
        this.onEnd();
      },
    };
  }

  /** Sends to the client, in one piece. */
  send(bytes: Uint8Array): void {
    if (this.isOpen) this.#toClient?.enqueue(bytes.slice());
  }

  /** Ends the connection. */
  close(): void {
    if (!this.isOpen) return;
    this.isOpen = false;
    this.#toClient?.close();
  }

  /** Breaks the connection, as when the server's machine is gone. */
  break(): void {
    this.isOpen = false;
    this.#toClient?.error(new Error("Connection reset by peer"));
  }
}

/** Addresses are named as `HOST:PORT` or by their path. */
export class SimulatedNetwork implements Network {
  /** HTTP servers that run; a test asks their handlers itself. */
  readonly httpServers = new Map<string, RequestHandler>();
  /** Other servers, which tests put here: each is given its end of a new connection. */
  readonly servers = new Map<string, (end: ServerEnd) => void>();
  readonly #failures = new Map<string, (error: Error) => void>();

  /** Makes an HTTP server fail, as when the process has no file descriptors left. */
  failHttp(name: string, error: Error): void {
    this.#failures.get(name)?.(error);
  }

  serveHttp(address: ListenAddress, handler: RequestHandler): Promise<HttpServer> {
    const name = nameOf(address);
    if (this.httpServers.has(name)) {
      return Promise.reject(new ListenError(name, { cause: new Error("Address in use") }));
    }
    const finished = Promise.withResolvers<void>();
    finished.promise.catch(() => {});
    this.httpServers.set(name, handler);
    this.#failures.set(name, finished.reject);
    return Promise.resolve({
      address,
      finished: finished.promise,
      close: () => {
        this.httpServers.delete(name);
        finished.resolve();
        return Promise.resolve();
      },
    });
  }

  connect(address: ServerAddress): Promise<Connection> {
    const name = nameOf(address);
    const accept = this.servers.get(name);
    if (accept === undefined) {
      return Promise.reject(new ConnectError(name, { cause: new Error("Connection refused") }));
    }
    const end = new ServerEnd();
    accept(end);
    return Promise.resolve(end.client);
  }
}

function nameOf(address: ListenAddress): string {
  return address.transport === "unix" ? address.path : `${address.hostname ?? ""}:${address.port}`;
}
