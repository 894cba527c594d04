/** The server's socket and certificate; a renewed certificate is loaded without a restart. */
import { type Address, formatAddress } from "../../../src/config/schema/address.ts";
import { describe } from "../../../src/effects/describe.ts";
import {
  type Effects,
  type HttpServer,
  type ListenAddress,
  ListenError,
  type RequestHandler,
} from "../../../src/effects/effects.ts";
import type { Logger } from "../../../src/logging/logging.ts";
import { type Certificate, certificateProblem, readCertificate } from "./certificate.ts";
import type { ApiConfig } from "../config.ts";

/** Limit of clients, including idle ones. Each can take three file descriptors. */
const MOST_CLIENTS = 256;
/** How often to check the files of the certificate. */
const POLL_INTERVAL_MS = 60_000;

/** The environment of a listener. */
interface World {
  readonly effects: Effects;
  readonly log: Logger;
  readonly signal: AbortSignal;
}

export class Listener {
  #server: HttpServer | undefined;
  readonly #failure = Promise.withResolvers<never>();
  #certificate: Certificate | undefined;
  /** The last certificate that could not be used. */
  #refused: Certificate | undefined;
  #complained = false;

  constructor(readonly config: ApiConfig, readonly handler: RequestHandler, readonly world: World) {
    this.#failure.promise.catch(() => {});
  }

  /** Rejects if the address is not available, or the certificate cannot be read. */
  async start(): Promise<void> {
    const { address, tls } = this.config;
    this.#certificate = await this.#readCertificate();
    this.#server = await this.#serve(address, this.#certificate);
    this.world.log.info("Serving the API at {url}", {
      url: urlOf(this.#server.address, tls !== undefined),
    });
  }

  /** Rejects when the server fails; until then it is pending. */
  get failure(): Promise<never> {
    return this.#failure.promise;
  }

  /** Never rejects. */
  async close(): Promise<void> {
    await this.#server?.close();
    this.#server = undefined;
  }

  /** Only network addresses have a certificate. */
  async #serve(address: ListenAddress, certificate: Certificate | undefined): Promise<HttpServer> {
    const tls = certificate === undefined || address.transport === "unix" ? {} : { tls: certificate };
    const options = { ...tls, mostClients: MOST_CLIENTS };
    const server = await this.world.effects.network.serveHttp(address, this.handler, options)
      .catch((error) => Promise.reject(this.#withFiles(error, address, certificate)));
    server.finished.catch((error) => this.#failure.reject(error));
    return server;
  }

  /** The error, with the file that caused it if it is about the certificate. */
  #withFiles(error: unknown, address: ListenAddress, certificate: Certificate | undefined): unknown {
    const { tls } = this.config;
    const cause = error instanceof ListenError ? error.cause : error;
    const problem = certificate && tls && certificateProblem(cause, certificate, tls);
    return problem === undefined
      ? error
      : new ListenError(formatAddress(address), { cause: new Error(problem) });
  }

  async #readCertificate(): Promise<Certificate | undefined> {
    const { tls } = this.config;
    return tls && await readCertificate(this.world.effects.files, tls);
  }

  /** Loads a renewed certificate. Ends with the signal; rejects if the server has failed. */
  async keepCertificate(): Promise<void> {
    const { effects, signal } = this.world;
    let seen = this.#certificate;
    if (seen === undefined) return;
    for (;;) {
      await effects.clock.sleep(POLL_INTERVAL_MS, signal);
      if (signal.aborted) return;
      const now = await this.#look();
      // The two files are not written at the same time: they are used when two checks in a row find the same content.
      const isSettled = now !== undefined && same(now, seen);
      if (isSettled && !same(now, this.#certificate) && !same(now, this.#refused)) await this.#change(now);
      seen = now;
    }
  }

  async #look(): Promise<Certificate | undefined> {
    try {
      const certificate = await this.#readCertificate();
      this.#complained = false;
      return certificate;
    } catch (error) {
      if (!this.#complained) {
        this.world.log.warn("Cannot check whether the certificate was renewed: {error}", {
          error: describe(error),
        });
      }
      this.#complained = true;
      return undefined;
    }
  }

  /** Restarts the server with another certificate, or with the previous one if that fails. */
  async #change(certificate: Certificate): Promise<void> {
    const { log } = this.world;
    const address = this.#server?.address ?? this.config.address;
    await this.close();
    try {
      this.#server = await this.#serve(address, certificate);
      this.#certificate = certificate;
      log.info("New TLS certificate loaded");
    } catch (error) {
      this.#refused = certificate;
      log.error("Cannot use the new TLS certificate: {error}; keeping the previous one", {
        error: describe(error),
      });
      this.#server = await this.#serve(address, this.#certificate);
    }
  }
}

function same(a: Certificate, b: Certificate | undefined): boolean {
  return a.cert === b?.cert && a.key === b?.key;
}

/** The URL for clients. */
function urlOf(address: Address, isEncrypted: boolean): string {
  if (address.transport === "unix") return formatAddress(address);
  const { hostname = "[::]", port } = address;
  const host = hostname.includes(":") && !hostname.startsWith("[") ? `[${hostname}]` : hostname;
  return `${isEncrypted ? "https" : "http"}://${host}:${port}/`;
}
