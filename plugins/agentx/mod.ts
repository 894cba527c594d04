/** Answers SNMP requests as an AgentX subagent. It is idle between requests. */
import { formatAddress } from "../../src/config/schema/address.ts";
import { BackOff } from "../../src/effects/waiting/back_off.ts";
import { describe } from "../../src/effects/describe.ts";
import type { Versions } from "../../src/drbd/model/versions.ts";
import type { Connection, ServerAddress } from "../../src/effects/effects.ts";
import type { Plugin, PluginContext } from "../../src/daemon/plugins/plugin.ts";
import { answer } from "./answers.ts";
import { columnsOf } from "./columns.ts";
import type { AgentxConfig } from "./config.ts";
import { Link } from "./link.ts";
import type { Pdu, PduContent } from "./net_snmp.ts";
import { runSession } from "./session.ts";
import { View } from "./view.ts";
import { Views } from "./views.ts";

const CONNECT_MS = 10_000;
const BACK_OFF = { firstMs: 1_000, longestMs: 30_000 };

export const agentxPlugin: Plugin<AgentxConfig> = {
  name: "agentx",

  async run(config, context) {
    await new Subagent(config, context).run();
  },
};

class Subagent {
  readonly #config: AgentxConfig;
  readonly #context: PluginContext;
  readonly #views: Views;
  readonly #where: string;
  #versions: Versions | undefined;
  /** Undefined until the first attempt is over. */
  #isConnected: boolean | undefined;

  constructor(config: AgentxConfig, context: PluginContext) {
    this.#config = config;
    this.#context = context;
    this.#where = formatAddress(config.address);
    const { clock } = context.effects;
    const columns = columnsOf(config.peerStates);
    this.#views = new Views(clock, config.cacheMaxS * 1000, (latest) => {
      const cluster = context.cluster();
      const known = this.#versions;
      const isSame = latest?.cluster === cluster && latest.versions === known;
      return isSame ? latest : new View(cluster, known, columns);
    });
    // Requested now, so that the versions are known by the first request.
    void context.statistics();
  }

  /** Keeps a session until `signal` aborts, and reconnects when the SNMP daemon was restarted. */
  async run(): Promise<void> {
    const { effects: { clock }, signal } = this.#context;
    const backOff = new BackOff(BACK_OFF);
    while (!signal.aborted) {
      const reason = await this.#connectAndServe(() => backOff.reset());
      if (signal.aborted) return;
      this.#failed(reason ?? "");
      await clock.sleep(backOff.next(), signal);
    }
  }

  /** Returns why it ended. */
  async #connectAndServe(registered: () => void): Promise<string | undefined> {
    const { effects: { clock }, signal } = this.#context;
    let connection: Connection;
    try {
      connection = await this.#connect();
    } catch (error) {
      return describe(error);
    }
    const link = new Link({
      connection,
      clock,
      answer: (request) => this.#answer(request),
    });
    return await runSession(link, {
      agentTimeoutS: this.#config.agentTimeoutS,
      clock,
      signal,
      registered: () => {
        registered();
        this.#succeeded();
      },
    });
  }

  async #answer(request: Pdu): Promise<PduContent | undefined> {
    if (this.#views.isDue) this.#versions = (await this.#context.statistics()).versions;
    return answer(request, this.#views);
  }

  async #connect(): Promise<Connection> {
    const { effects: { clock, network }, signal } = this.#context;
    const late = new AbortController();
    const timer = clock.setTimer(CONNECT_MS, () => late.abort(`no answer within ${CONNECT_MS / 1000} s`));
    try {
      return await network.connect(this.#address(), AbortSignal.any([signal, late.signal]));
    } finally {
      timer.cancel();
    }
  }

  #address(): ServerAddress {
    const { address } = this.#config;
    return address.transport === "unix" ? address : { ...address, hostname: address.hostname ?? "localhost" };
  }

  #succeeded(): void {
    this.#isConnected = true;
    this.#context.log.info("Connected to the SNMP master agent at {where}", { where: this.#where });
  }

  /** Warns once per loss, because an SNMP daemon may be down for long. */
  #failed(reason: string): void {
    const { log } = this.#context;
    const fields = { where: this.#where, reason };
    if (this.#isConnected === true) {
      log.warn("Lost the SNMP master agent at {where}: {reason}; reconnecting", fields);
    } else if (this.#isConnected === undefined) {
      log.warn("Cannot reach the SNMP master agent at {where}: {reason}; retrying", fields);
    } else {
      log.debug("Still no SNMP master agent at {where}: {reason}", fields);
    }
    this.#isConnected = false;
  }
}
