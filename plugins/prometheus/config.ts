/** Configuration of the Prometheus exporter. */
import * as v from "valibot";
import { type TcpAddress, tcpAddressText } from "../../src/config/schema/address.ts";
import { claimOfAddress, pluginSchema } from "../../src/config/schema/plugin_schema.ts";
import { DEPRECATED_ID, described } from "../../src/config/schema/values.ts";

export interface PrometheusConfig {
  readonly address: TcpAddress;
  /** Whether states are series of their own, one for each possible word. */
  readonly enums: boolean;
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
        described(v.boolean(), "Show states as well, one series for each possible word. Many more series."),
        false,
      ),
    }),
    v.description("Answers the scrapes of a Prometheus server."),
    v.transform(({ address, enums }): PrometheusConfig => ({ address, enums })),
  ),
  claims: ({ address }) => claimOfAddress(address, ["address"]),
});
