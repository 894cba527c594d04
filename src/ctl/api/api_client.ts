/** The api plugin of the daemon on this node, as drbddctl asks it. */
import type { ApiConfig } from "../../../plugins/api/config.ts";
import { formatAddress } from "../../config/schema/address.ts";
import type { DaemonConfig } from "../../config/load.ts";
import { LineSplitter } from "../../drbd/events2/lines.ts";
import type { Effects, ServerAddress } from "../../effects/effects.ts";
import { type Answer, httpGet } from "./http_get.ts";

/** Where this node can reach an `[[api]]` of the configuration. */
export interface ApiPlace {
  readonly address: ServerAddress;
  readonly tokenFile: string | undefined;
  /** As it is configured, for people. */
  readonly name: string;
}

/** An answer other than 200, with the daemon's message. */
export class ApiError extends Error {
  override readonly name = "ApiError";

  constructor(readonly status: number, message: string) {
    super(message);
  }
}

/** The best one to use: a unix socket first. Those with TLS are skipped, as their certificates are for other host names. */
export function apiPlaceOf(config: Pick<DaemonConfig, "plugins">): ApiPlace | undefined {
  const all = config.plugins.flatMap(({ plugin, config }) => plugin === "api" ? [config as ApiConfig] : []);
  const usable = all.filter(({ address, tls }) =>
    address.transport === "unix" || tls === undefined && address.port > 0
  );
  const best = usable.find(({ address }) => address.transport === "unix") ?? usable[0];
  if (best === undefined) return undefined;
  const { address, tokenFile } = best;
  return { address: serverOf(address), tokenFile, name: formatAddress(address) };
}

/** A server that listens on all addresses is reached through loopback. */
function serverOf(address: ApiConfig["address"]): ServerAddress {
  if (address.transport === "unix") return { transport: "unix", path: address.path };
  const { hostname, port } = address;
  const isAny = hostname === undefined || hostname === "0.0.0.0" || hostname === "::";
  return { transport: "tcp", hostname: isAny ? "localhost" : hostname, port };
}

export class ApiClient {
  constructor(readonly effects: Pick<Effects, "network" | "files">, readonly place: ApiPlace) {}

  /** The answer as JSON. Rejects with `ApiError`, `ConnectError`, `HttpError`, or `FileError` of the token. */
  async json(path: string, signal: AbortSignal): Promise<unknown> {
    const { body } = await this.#ask(path, { "Accept": "application/json" }, signal);
    return JSON.parse(await textOf(body));
  }

  /** Why the daemon's state may be outdated; undefined if it is not. Rejects as `json`. */
  async staleReason(signal: AbortSignal): Promise<string | undefined> {
    const { status, body } = await this.#get("/readyz", { "Accept": "text/plain" }, signal);
    const text = (await textOf(body)).trim();
    return status === 200 ? undefined : text.replace(/^not ready: /, "");
  }

  /** Whole lines as they come, without their ends; for streams. Rejects as `json`. */
  async *lines(
    path: string,
    signal: AbortSignal,
    headers: Readonly<Record<string, string>> = {},
  ): AsyncGenerator<string, void> {
    const { body } = await this.#ask(path, { ...headers, "Accept": "application/x-ndjson" }, signal);
    const splitter = new LineSplitter();
    for await (const bytes of body) {
      for (const block of splitter.push(bytes)) yield* block.text.split("\n").filter((line) => line !== "");
    }
  }

  async #ask(path: string, headers: Readonly<Record<string, string>>, signal: AbortSignal): Promise<Answer> {
    const answer = await this.#get(path, headers, signal);
    if (answer.status === 200) return answer;
    throw new ApiError(answer.status, await reasonOf(answer));
  }

  async #get(path: string, headers: Readonly<Record<string, string>>, signal: AbortSignal): Promise<Answer> {
    const { address, tokenFile } = this.place;
    const { network, files } = this.effects;
    const token = tokenFile === undefined ? undefined : (await files.readText(tokenFile)).trim();
    const authorization = token === undefined ? {} : { "Authorization": `Bearer ${token}` };
    return await httpGet(network, address, path, { ...headers, ...authorization }, signal);
  }
}

async function reasonOf({ status, body }: Answer): Promise<string> {
  const text = await textOf(body).catch(() => "");
  try {
    const { error } = JSON.parse(text);
    if (typeof error === "string") return error;
  } catch {
    // Not an answer of drbdd.
  }
  return `HTTP status ${status}`;
}

async function textOf(body: AsyncIterable<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const bytes of body) text += decoder.decode(bytes, { stream: true });
  return text + decoder.decode();
}
