/** The plugins in the status: what is configured, and whether their addresses answer. */
import type { AgentxConfig } from "../../../plugins/agentx/config.ts";
import type { ApiConfig } from "../../../plugins/api/config.ts";
import type { PrometheusConfig } from "../../../plugins/prometheus/config.ts";
import type { Address } from "../../config/schema/address.ts";
import type { PluginInstance } from "../../config/collect.ts";
import { describe } from "../../effects/describe.ts";
import type { ServerAddress } from "../../effects/effects.ts";
import type { Ctl } from "../cli/ctl.ts";
import type { ConfigFile } from "../config/config_files.ts";
import { instanceWords } from "../config/instance_words.ts";
import type { PluginStatus } from "./report.ts";

export interface Found {
  readonly file: ConfigFile;
  readonly instance: PluginInstance;
}

const CONNECT_MS = 2_000;

export async function pluginStatus(
  { file, instance }: Found,
  isTried: boolean,
  ctl: Ctl,
): Promise<PluginStatus> {
  const address = addressOf(instance);
  const [words = ""] = instanceWords(instance);
  return {
    plugin: instance.plugin,
    ...file,
    words: wordsOf(instance.plugin, words),
    address,
    answer: isTried && file.isEnabled && address !== undefined ? await tryOut(address, ctl) : undefined,
  };
}

function wordsOf(plugin: string, words: string): string {
  if (plugin === "agentx") return `connects to ${words}`;
  return plugin === "prometheus" || plugin === "api" ? `listens on ${words}` : words;
}

function addressOf({ plugin, config }: PluginInstance): Address | undefined {
  if (plugin === "prometheus") return (config as PrometheusConfig).address;
  if (plugin === "agentx") return (config as AgentxConfig).address;
  return plugin === "api" ? (config as ApiConfig).address : undefined;
}

/** Empty if the address answers, otherwise why not. */
async function tryOut(address: Address, { effects: { network, clock } }: Ctl): Promise<string> {
  const server: ServerAddress = address.transport === "unix"
    ? address
    : { transport: "tcp", hostname: reachable(address.hostname), port: address.port };
  const late = new AbortController();
  const timer = clock.setTimer(
    CONNECT_MS,
    () => late.abort(new Error(`no answer within ${CONNECT_MS / 1000} s`)),
  );
  try {
    (await network.connect(server, late.signal)).close();
    return "";
  } catch (error) {
    return describe(error);
  } finally {
    timer.cancel();
  }
}

/** A server that listens on all addresses is reached through loopback. */
function reachable(hostname: string | undefined): string {
  return hostname === undefined || hostname === "::" || hostname === "0.0.0.0" ? "localhost" : hostname;
}
