/** Sandbox permissions of the SNMP subagent. */
import type { Needs } from "../../src/effects/permissions.ts";
import type { AgentxConfig } from "./config.ts";

/** drbdadm prints the versions of DRBD. Connecting to a unix socket takes read and write permission. */
export function agentxNeeds({ address }: AgentxConfig): Needs {
  const sockets = address.transport === "unix" ? [address.path] : [];
  return { run: ["drbdadm"], read: sockets, write: sockets, net: true };
}
