/** What the SNMP subagent needs of the sandbox. */
import type { Needs } from "../../src/effects/permissions.ts";
import type { AgentxConfig } from "./config.ts";

/** drbdadm tells the versions of DRBD. A unix socket is connected to by reading and writing it. */
export function agentxNeeds({ address }: AgentxConfig): Needs {
  const sockets = address.transport === "unix" ? [address.path] : [];
  return { run: ["drbdadm"], read: sockets, write: sockets, net: true };
}
