/** What the HTTP API needs of the sandbox. */
import type { Needs } from "../../src/effects/permissions.ts";
import type { ApiConfig } from "./config.ts";

/** drbdsetup, which it asks for the ids of nodes, every daemon runs. */
export function apiNeeds({ address, tokenFile, tls }: ApiConfig): Needs {
  const sockets = address.transport === "unix" ? [address.path] : [];
  const files = [tokenFile, tls?.certFile, tls?.keyFile].filter((path) => path !== undefined);
  return { read: [...sockets, ...files], write: sockets, net: true };
}
