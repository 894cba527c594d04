/** Addresses as administrators write them. */
import * as v from "valibot";

export interface TcpAddress {
  readonly transport: "tcp";
  /** An IP address without brackets or, where allowed, a host name; undefined for all addresses, v6 and v4. */
  readonly hostname: string | undefined;
  readonly port: number;
}

export interface UnixAddress {
  readonly transport: "unix";
  readonly path: string;
}

export type Address = TcpAddress | UnixAddress;

/** What is allowed besides `IPV4:PORT` and `[IPV6]:PORT`. */
export interface TcpForms {
  /** `:PORT`, all addresses. */
  readonly all?: boolean;
  /** `NAME:PORT` */
  readonly hostNames?: boolean;
}

const HOST_NAME = /^[A-Za-z0-9]([A-Za-z0-9_-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9_-]*[A-Za-z0-9])?)*\.?$/;
const MAX_PORT = 65535;

/** Parses the address of a TCP socket; undefined if it is not one. */
export function parseTcpAddress(text: string, forms: TcpForms = {}): TcpAddress | undefined {
  const [, host = "", digits = ""] = /^(.*):(\d{1,5})$/s.exec(text) ?? [];
  const port = Number(digits);
  if (digits === "" || port > MAX_PORT) return undefined;
  if (host === "") return forms.all === true ? { transport: "tcp", hostname: undefined, port } : undefined;
  const bracketed = /^\[(.+)\]$/.exec(host)?.[1];
  const isAllowed = bracketed !== undefined
    ? v.IPV6_REGEX.test(bracketed)
    : v.IPV4_REGEX.test(host) || forms.hostNames === true && HOST_NAME.test(host) && !/^[\d.]+$/.test(host);
  return isAllowed ? { transport: "tcp", hostname: bracketed ?? host, port } : undefined;
}

/** The same, or `unix:PATH` with an absolute path. */
export function parseAddress(text: string, forms: TcpForms = {}): Address | undefined {
  if (!text.startsWith("unix:")) return parseTcpAddress(text, forms);
  const path = text.slice("unix:".length);
  return path.startsWith("/") ? { transport: "unix", path } : undefined;
}

/** An address as it is written in the configuration and in messages. */
export function formatAddress(address: Address): string {
  if (address.transport === "unix") return `unix:${address.path}`;
  const { hostname = "", port } = address;
  return hostname.includes(":") ? `[${hostname}]:${port}` : `${hostname}:${port}`;
}

/** Whether only programs on this machine can reach it. */
export function isLocal(address: Address): boolean {
  if (address.transport === "unix") return true;
  const { hostname } = address;
  return hostname === "localhost" || hostname === "::1" ||
    hostname?.startsWith("127.") === true && v.IPV4_REGEX.test(hostname);
}

/** The schema of a TCP address: a string in the file, a `TcpAddress` in the configuration. */
export function tcpAddressText(forms: TcpForms, description: string) {
  return addressSchema((text) => parseTcpAddress(text, forms), formsInWords(forms), description);
}

/** The same, for an address that may be a unix socket. */
export function addressText(forms: TcpForms, description: string) {
  return addressSchema(
    (text) => parseAddress(text, forms),
    [...formsInWords(forms), '"unix:/PATH"'],
    description,
  );
}

function formsInWords({ all, hostNames }: TcpForms): string[] {
  const words = ['"IP:PORT"', '"[IPV6]:PORT"'];
  if (all === true) words.push('":PORT" for all addresses');
  if (hostNames === true) words.push('"HOST:PORT"');
  return words;
}

function addressSchema<Parsed extends Address>(
  parse: (text: string) => Parsed | undefined,
  forms: readonly string[],
  description: string,
) {
  return v.pipe(
    v.string(),
    v.description(description),
    v.rawTransform(({ dataset, addIssue, NEVER }): Parsed => {
      const address = parse(dataset.value);
      if (address !== undefined) return address;
      addIssue({ message: `${forms.slice(0, -1).join(", ")} or ${forms.at(-1)}` });
      return NEVER;
    }),
  );
}
