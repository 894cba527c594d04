/** Answers the scrapes of a Prometheus server. Costs nothing until it is asked. */
import { formatAddress } from "../../src/config/address.ts";
import { aborted } from "../../src/runtime/aborted.ts";
import type { Plugin } from "../../src/runtime/plugin.ts";
import type { PrometheusConfig } from "./config.ts";
import { Exporter } from "./exporter.ts";

export const prometheusPlugin: Plugin<PrometheusConfig> = {
  name: "prometheus",

  async run({ address, enums }, context) {
    const { signal, log, effects } = context;
    const exporter = new Exporter(context, enums);
    const server = await effects.network.serveHttp(address, (request) => exporter.answer(request));
    log.info("Metrics are shown at {address}", { address: formatAddress(address) });
    try {
      await Promise.race([aborted(signal), server.finished]);
    } finally {
      await server.close();
    }
  },
};
