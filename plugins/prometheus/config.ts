/** Configuration of the Prometheus exporter. */
import * as v from "valibot";
import { type TcpAddress, tcpAddressText } from "../../src/config/schema/address.ts";
import { claimOfAddress, pluginSchema } from "../../src/config/schema/plugin_schema.ts";
import { DEPRECATED_ID, described } from "../../src/config/schema/values.ts";
import type { Enums } from "./series/row.ts";

export interface PrometheusConfig {
  readonly address: TcpAddress;
  /** Which states are shown, each as one series for each possible word. */
  readonly enums: Enums;
}

export const PROMETHEUS_SCHEMA = pluginSchema({
  name: "prometheus",
  schema: v.pipe(
    v.object({
      id: DEPRECATED_ID,
      address: v.optional(
        tcpAddressText(
          { all: true },
          'Where to listen: "IP:PORT", "[IPV6]:PORT", or ":PORT" for all addresses.',
        ),
        ":9942",
      ),
      enums: v.optional(
        described(
          v.union([v.boolean(), v.literal("all")]),
          "Show states as well, one series for each possible word: true: those that drbd-reactor shows; " +
            '"all": also those of the peers\' disks and of the replication, which are as many again.',
        ),
        false,
      ),
    }),
    v.description("Answers the scrapes of a Prometheus server."),
    v.transform(({ address, enums }): PrometheusConfig => ({ address, enums })),
  ),
  claims: ({ address }) => claimOfAddress(address, ["address"]),
});
