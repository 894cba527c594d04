/** Sandbox permissions of the HTTP API. */
import type { Needs } from "../../src/effects/permissions.ts";
import type { ApiConfig } from "./config.ts";

/** drbdsetup, for node ids, is allowed in every daemon. */
export function apiNeeds({ address, tokenFile, tls }: ApiConfig): Needs {
  const sockets = address.transport === "unix" ? [address.path] : [];
  const files = [tokenFile, tls?.certFile, tls?.keyFile].filter((path) => path !== undefined);
  return { read: [...sockets, ...files], write: sockets, net: true };
}
