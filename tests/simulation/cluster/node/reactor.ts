/**
 * drbd-reactor 1.11 as a simulated cluster has it on nodes that were not changed over yet: its rules, as far as drbdd on other
 * nodes, or the next one on the same node, sees what comes of them. Source: its documentation, and runs of it side by side.
 *
 * One thread handles one change after the other, and waits for all it does: delays, starts, stops. A start comes when DRBD
 * says may_promote, after the delay, and every 20 s while that holds; 20 s have to lie between any two starts of a section.
 * Quorum loss stops, or freezes, whatever runs. It runs in drbdd's daemon, so drbdsetup that ends leaves it alone, unlike the
 * real one.
 */
import { adjust } from "../../../../plugins/promoter/control/start/preparation.ts";
import {
  delayMs,
  delayParts,
  placeAmong,
} from "../../../../plugins/promoter/decide/start/promotion_delay.ts";
import {
  BEFORE_FILE,
  dropInsOf,
  MAIN_FILE,
  ORDER_FILE,
} from "../../../../plugins/promoter/systemd/drop_ins/drop_ins.ts";
import type { PromoterConfig } from "../../../../plugins/promoter/config.ts";
import {
  isSystemd,
  type SystemdResourceConfig,
} from "../../../../plugins/promoter/config/resource_config.ts";
import { targetOf } from "../../../../plugins/promoter/config/unit_names.ts";
import { viewOf } from "../../../../plugins/promoter/decide/view.ts";
import type { DiskState } from "../../../../src/drbd/model/vocabulary.ts";
import type { Update } from "../../../../src/drbd/model/update.ts";
import { programEnvironment } from "../../../../src/effects/effects.ts";
import type { Plugin, PluginContext } from "../../../../src/daemon/plugins/plugin.ts";
import { SHIM } from "../setup/unit_texts.ts";

const START_INTERVAL_MS = 20_000;
const LOST: ReadonlySet<DiskState> = new Set(["Diskless", "Detaching", "Failed"]);

/** Replaces drbdd's promoter. All resources have to be of the systemd runner. */
export const reactor: Plugin<PromoterConfig> = {
  name: "promoter",
  stopTimeoutMs: 15 * 60_000,
  exitTimeoutMs: 15 * 60_000,
  stopsServices: ({ resources }) => resources.some(({ stopServicesOnExit }) => stopServicesOnExit),
  run: (config, context) => new Reactor(config.resources.filter(isSystemd), context).run(),
};

class Reactor {
  /** Of all resources of a section. */
  #lastStartMs = -Infinity;
  /** What is done goes before what comes next. */
  #turn: Promise<void> = Promise.resolve();

  constructor(readonly resources: readonly SystemdResourceConfig[], readonly context: PluginContext) {}

  async run(): Promise<void> {
    const { effects, log, signal } = this.context;
    await this.#writeDropIns();
    for (const { name, adjustResourceOnStart } of this.resources) {
      if (adjustResourceOnStart) await adjust(effects, log, name, signal);
    }
    void this.#tryAgain();
    const names = this.resources.map(({ name }) => name);
    for await (const update of this.context.changes({ resources: names })) {
      this.#enqueue(() => this.#handle(update));
    }
    await this.#turn;
    if (signal.reason !== "exit") return;
    for (const config of this.resources) if (config.stopServicesOnExit) await this.#stop(config);
  }

  #enqueue(action: () => Promise<void>): void {
    this.#turn = this.#turn.then(() => this.context.signal.aborted ? undefined : action());
  }

  async #tryAgain(): Promise<void> {
    const { effects: { clock }, signal } = this.context;
    while (!signal.aborted) {
      await clock.sleep(START_INTERVAL_MS, signal);
      for (const config of this.resources) {
        if (this.context.resource(config.name)?.mayPromote === true) this.#enqueue(() => this.#start(config));
      }
    }
  }

  async #handle(update: Update): Promise<void> {
    const config = this.resources.find(({ name }) => name === update.name);
    if (config === undefined || update.type === "rename" || update.kind === "helper") return;
    const freezes = config.onQuorumLoss === "freeze";
    const resource = this.context.resource(config.name);
    const isPrimary = resource?.role === "Primary";
    if (update.kind === "resource") {
      if (freezes && update.old?.role === "Primary" && update.new?.role === "Secondary") {
        await this.#stop(config);
      }
      if (update.new?.mayPromote === true && update.old?.mayPromote !== true) await this.#start(config);
    } else if (update.kind === "device") {
      const hadQuorum = update.old?.quorum ?? true;
      if (update.new?.quorum === false && hadQuorum) {
        await (freezes ? this.#each("freeze", config) : this.#stop(config));
      } else if (update.new?.quorum === true && !hadQuorum && freezes && isPrimary) {
        await this.#each("thaw", config);
      }
      const isLost = update.new !== undefined && LOST.has(update.new.diskState) && update.old !== undefined &&
        !LOST.has(update.old.diskState);
      const isSaved = resource !== undefined && viewOf(resource).upToDatePeers.length > 0;
      if (isLost && isPrimary && isSaved && config.onDiskDetach === "fail-over") await this.#stop(config);
    } else if (update.kind === "peer-device" && update.new?.peerDiskState === "UpToDate" && isPrimary) {
      const own = placeAmong(config.preferredNodes, this.context.effects.nodeName());
      const isBetter = viewOf(resource).upToDatePeers.some((peer) =>
        placeAmong(config.preferredNodes, peer) < own
      );
      const isNews = update.old?.peerDiskState !== "UpToDate" && update.type !== "exists";
      if (isNews && isBetter && config.preferredNodesPolicy === "always") await this.#stop(config);
    }
  }

  async #start(config: SystemdResourceConfig): Promise<void> {
    const { effects: { clock, nodeName }, signal } = this.context;
    const resource = this.context.resource(config.name);
    if (resource === undefined) return;
    await clock.sleep(delayMs(delayParts(viewOf(resource), config, "quorum", nodeName()), config), signal);
    if (signal.aborted || this.context.resource(config.name)?.mayPromote !== true) return;
    // The attempt is dropped, not put off.
    if (clock.nowMs() - this.#lastStartMs < START_INTERVAL_MS) return;
    this.#lastStartMs = clock.nowMs();
    await this.#systemctl("reset-failed", targetOf(config.name));
    await this.#systemctl("start", targetOf(config.name));
  }

  #stop({ name }: SystemdResourceConfig): Promise<void> {
    return this.#systemctl("stop", targetOf(name));
  }

  async #each(verb: "freeze" | "thaw", { start }: SystemdResourceConfig): Promise<void> {
    for (const { unit } of start) if (!unit.endsWith(".mount")) await this.#systemctl(verb, unit);
  }

  /** A failure is a line in its log. */
  async #systemctl(...args: readonly string[]): Promise<void> {
    const { effects } = this.context;
    await effects.processes.run(["systemctl", ...args], { env: programEnvironment(effects) });
  }

  /** The same texts under its names, without what it has not: what makes units between two others stop in order. */
  async #writeDropIns(): Promise<void> {
    const { files } = this.context.effects;
    for (const config of this.resources) {
      for (const [path, text] of dropInsOf(config, { shim: SHIM, canEscalate: true })) {
        const [directory = "", file = ""] = [path.slice(0, path.lastIndexOf("/")), path.split("/").at(-1)];
        if (file === ORDER_FILE || file === BEFORE_FILE) continue;
        await files.makeDirectory(directory);
        const name = file === MAIN_FILE ? "reactor.conf" : file.replace("drbdd", "reactor");
        await files.writeTextAtomic(`${directory}/${name}`, text).catch(() => {});
      }
    }
    await this.#systemctl("daemon-reload");
  }
}
