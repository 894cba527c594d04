/** Configuration of the SNMP subagent. */
import * as v from "valibot";
import { type Address, addressText } from "../../src/config/schema/address.ts";
import { pluginSchema } from "../../src/config/schema/plugin_schema.ts";
import { described, seconds } from "../../src/config/schema/values.ts";

export interface AgentxConfig {
  /** Of the master agent. Its host may be a name. */
  readonly address: Address;
  /** How old answers may be. */
  readonly cacheMaxS: number;
  /** How long the master agent waits for an answer. At most 255; 0 leaves it to the master agent. */
  readonly agentTimeoutS: number;
  /** Whether the table has the columns about peers. */
  readonly peerStates: boolean;
}

/** The protocol has one byte for it. Source: RFC 2741, section 6.2.1. */
const MAX_AGENT_TIMEOUT_S = 255;

export const AGENTX_SCHEMA = pluginSchema({
  name: "agentx",
  schema: v.pipe(
    v.object({
      "address": v.optional(
        addressText(
          { hostNames: true },
          'Address of the SNMP daemon: "HOST:PORT" or "unix:/PATH".',
        ),
        "localhost:705",
      ),
      "cache-max": v.optional(
        described(seconds(0), "Values older than this many seconds are read again."),
        60,
      ),
      "agent-timeout": v.optional(
        described(seconds(0), "How long the SNMP daemon waits for an answer, in seconds; at most 255."),
        60,
      ),
      "peer-states": v.optional(
        described(v.boolean(), "Also show how many peers are in which disk and replication state."),
        true,
      ),
    }),
    v.description("Answers an SNMP daemon, as its AgentX subagent."),
    v.transform((table): AgentxConfig => ({
      address: table["address"],
      cacheMaxS: table["cache-max"],
      agentTimeoutS: Math.min(table["agent-timeout"], MAX_AGENT_TIMEOUT_S),
      peerStates: table["peer-states"],
    })),
  ),
  remarks: ({ "agent-timeout": timeout = 0 }) =>
    timeout <= MAX_AGENT_TIMEOUT_S ? [] : [{
      path: ["agent-timeout"],
      at: "value",
      wrong: `${MAX_AGENT_TIMEOUT_S} seconds will be used`,
      found: String(timeout),
      expected: `at most ${MAX_AGENT_TIMEOUT_S}, which is what AgentX can carry`,
    }],
});
