/**
 * Requests that are rejected regardless of their path: methods that change something, oversized ones, and requests that
 * a foreign web site makes from a user's browser.
 *
 * A web site can resolve its own name to an address of this machine (DNS rebinding); the browser then treats drbdd as
 * part of that site and sends that name in `Host`. So unknown names are rejected, unless a token is required, which
 * browsers do not send on their own. Requests of another site's page without DNS rebinding have `Origin` or
 * `Sec-Fetch-Site`.
 */

export interface Rejection {
  readonly status: 400 | 403 | 405 | 414 | 421 | 431;
  readonly error: string;
}

/** Names by which the server may be called. */
export interface KnownNames {
  /** Whether any name will do: behind a unix socket, and where a token is asked for. */
  readonly any: boolean;
  /** In lower case. IP addresses and `localhost` are always good. */
  readonly names: ReadonlySet<string>;
}

const MOST_URL_CHARACTERS = 4096;
const MOST_HEADER_CHARACTERS = 16 * 1024;
/** A name or an IPv4 address, or an IPv6 address in brackets; then perhaps a port. */
const HOST = /^(?:([a-z0-9_](?:[a-z0-9_.-]*[a-z0-9_])?)\.?|\[([0-9a-f:.]+)\])(?::\d{1,5})?$/;
const IPV4 = /^\d{1,3}(\.\d{1,3}){3}$/;

/** Why a request is rejected; undefined if it is accepted. Reads only the request's head. */
export function rejectionOf({ method, url, headers }: Request, known: KnownNames): Rejection | undefined {
  if (method !== "GET" && method !== "HEAD") {
    return {
      status: 405,
      error: `Nothing can be changed here: ${method} is not allowed, only GET and HEAD are`,
    };
  }
  if (url.length > MOST_URL_CHARACTERS) {
    return { status: 414, error: `The address is longer than ${MOST_URL_CHARACTERS} characters` };
  }
  if (sizeOf(headers) > MOST_HEADER_CHARACTERS) {
    return { status: 431, error: `The headers have more than ${MOST_HEADER_CHARACTERS} characters` };
  }
  return wrongHost(headers.get("host"), known) ?? foreignPage(headers);
}

function sizeOf(headers: Headers): number {
  let size = 0;
  for (const [name, value] of headers) size += name.length + value.length;
  return size;
}

/** Only old and handmade clients send no host; browsers always do. */
function wrongHost(host: string | null, known: KnownNames): Rejection | undefined {
  if (host === null) return undefined;
  const [all, name, ipv6] = HOST.exec(host.toLowerCase()) ?? [];
  if (all === undefined) return { status: 400, error: "The header Host is neither a name nor an address" };
  if (known.any || ipv6 !== undefined || name === undefined) return undefined;
  if (name === "localhost" || IPV4.test(name) || known.names.has(name)) return undefined;
  return {
    status: 421,
    error:
      `The name "${name}" is not known here. Use an IP address, or add the name to host-names of [[api]]`,
  };
}

/** A page of another site may link here, but not send requests on behalf of its user. */
function foreignPage(headers: Headers): Rejection | undefined {
  const origin = headers.get("origin");
  if (origin !== null && hostOf(origin) !== headers.get("host")?.toLowerCase()) {
    return { status: 403, error: "Pages of other sites may not ask here" };
  }
  const site = headers.get("sec-fetch-site");
  const isForeign = site === "cross-site" || site === "same-site";
  if (isForeign && headers.get("sec-fetch-mode") !== "navigate") {
    return { status: 403, error: "Pages of other sites may not ask here" };
  }
  return undefined;
}

/** `https://NAME:PORT` without its scheme; undefined for "null" and all else. */
function hostOf(origin: string): string | undefined {
  return /^https?:\/\/(.+)$/.exec(origin.toLowerCase())?.[1];
}
