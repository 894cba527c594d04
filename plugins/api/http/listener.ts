/** The server's place on the network, and its certificate: a renewed one is taken up while drbdd runs. */
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

/** Clients at a time, idle ones included. Each can take three file descriptors. */
const MOST_CLIENTS = 256;
/** How often the files of a certificate are looked at. */
const LOOK_EVERY_MS = 60_000;

/** What a plugin has for its listener. */
interface World {
  readonly effects: Effects;
  readonly log: Logger;
  readonly signal: AbortSignal;
}

export class Listener {
  #server: HttpServer | undefined;
  readonly #failure = Promise.withResolvers<never>();
  #certificate: Certificate | undefined;
  /** One that was no good. */
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
    this.world.log.info("The API can be reached at {url}", {
      url: urlOf(this.#server.address, tls !== undefined),
    });
  }

  /** Rejects when the server cannot go on; until then it waits. */
  get failure(): Promise<never> {
    return this.#failure.promise;
  }

  /** Never rejects. */
  async close(): Promise<void> {
    await this.#server?.close();
    this.#server = undefined;
  }

  /** A certificate goes with network addresses only. */
  async #serve(address: ListenAddress, certificate: Certificate | undefined): Promise<HttpServer> {
    const tls = certificate === undefined || address.transport === "unix" ? {} : { tls: certificate };
    const options = { ...tls, mostClients: MOST_CLIENTS };
    const server = await this.world.effects.network.serveHttp(address, this.handler, options)
      .catch((error) => Promise.reject(this.#withFiles(error, address, certificate)));
    server.finished.catch((error) => this.#failure.reject(error));
    return server;
  }

  /** The error, with the file that is to blame if it is one of the certificate's. */
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

  /** Takes up a renewed certificate. Ends with the signal; rejects if there is no server any more. */
  async keepCertificate(): Promise<void> {
    const { effects, signal } = this.world;
    let seen = this.#certificate;
    if (seen === undefined) return;
    for (;;) {
      await effects.clock.sleep(LOOK_EVERY_MS, signal);
      if (signal.aborted) return;
      const now = await this.#look();
      // The two files are not written in one go: they hold when they stayed the same from one look to the next.
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
        this.world.log.warn("Cannot see whether the certificate was renewed: {error}", {
          error: describe(error),
        });
      }
      this.#complained = true;
      return undefined;
    }
  }

  /** Begins anew with another certificate; with the one before, if it is no good. */
  async #change(certificate: Certificate): Promise<void> {
    const { log } = this.world;
    const address = this.#server?.address ?? this.config.address;
    await this.close();
    try {
      this.#server = await this.#serve(address, certificate);
      this.#certificate = certificate;
      log.info("The API has a new certificate");
    } catch (error) {
      this.#refused = certificate;
      log.error("The new certificate cannot be used, the one before stays: {error}", {
        error: describe(error),
      });
      this.#server = await this.#serve(address, this.#certificate);
    }
  }
}

function same(a: Certificate, b: Certificate | undefined): boolean {
  return a.cert === b?.cert && a.key === b?.key;
}

/** What to type into a browser or a program. */
function urlOf(address: Address, isEncrypted: boolean): string {
  if (address.transport === "unix") return formatAddress(address);
  const { hostname = "[::]", port } = address;
  const host = hostname.includes(":") && !hostname.startsWith("[") ? `[${hostname}]` : hostname;
  return `${isEncrypted ? "https" : "http"}://${host}:${port}/`;
}
