/** Answers the scrapes of a Prometheus server. It is idle between scrapes. */
import { formatAddress } from "../../src/config/schema/address.ts";
import { aborted } from "../../src/effects/waiting/aborted.ts";
import type { ListenAddress } from "../../src/effects/effects.ts";
import type { Plugin } from "../../src/daemon/plugins/plugin.ts";
import type { PrometheusConfig } from "./config.ts";
import { Exporter, METRICS_PATH } from "./exporter.ts";

/** Clients at a time, idle ones included. Each can take three file descriptors. */
const MOST_CLIENTS = 64;

export const prometheusPlugin: Plugin<PrometheusConfig> = {
  name: "prometheus",

  async run({ address, enums }, context) {
    const { signal, log, effects } = context;
    const exporter = new Exporter(context, enums);
    const server = await effects.network.serveHttp(address, (request) => exporter.answer(request), {
      mostClients: MOST_CLIENTS,
    });
    log.info("Serving metrics at {url}", { url: urlOf(server.address) });
    try {
      await Promise.race([aborted(signal), server.finished]);
    } finally {
      await server.close();
    }
  },
};

/** The URL, with the real port even if the system chose it. */
function urlOf(address: ListenAddress): string {
  if (address.transport === "unix") return formatAddress(address);
  return `http://${formatAddress({ ...address, hostname: address.hostname ?? "::" })}${METRICS_PATH}`;
}
