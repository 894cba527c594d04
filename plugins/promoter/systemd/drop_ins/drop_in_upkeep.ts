/** Keeps the drop-ins of all promoters up to date: retried after failures, removed when their units have stopped. */
import type { PluginContext } from "../../../../src/daemon/plugins/plugin.ts";
import type { PromoterConfig } from "../../config.ts";
import { FIRST_WORD_MS } from "../../control/report/slow_operation_warning.ts";
import { promoterDecision, rendered } from "../../control/report/noting_logger.ts";
import { DropInFiles } from "./drop_in_files.ts";
import { dropInsOf, type Host, secondaryDropInsOf } from "./drop_ins.ts";
import { inspectHost } from "./host.ts";
import { isSystemd, type SystemdResourceConfig } from "../../config/resource_config.ts";
import type { SecondaryConfig } from "../../config/secondary_config.ts";
import { describeSystemctl } from "../units/systemctl.ts";

/** Retry interval if drop-ins cannot be written. */
const RETRY_MS = 5_000;
/** Check interval for drop-ins of units that still run. */
const POLL_INTERVAL_MS = 60_000;

const NOT_WRITTEN =
  "Cannot write the drop-ins for systemd, without which nothing is started; retrying every {seconds} s: {error}";

/** The configured resources with the systemd runner, of all promoters. */
export function systemdResources(context: PluginContext): SystemdResourceConfig[] {
  return (context.siblings() as readonly PromoterConfig[]).flatMap((each) => each.resources).filter(
    isSystemd,
  );
}

/** Of all promoters, as configured now, those whose services run where they are Secondary. */
export function secondariesOf(context: PluginContext): SecondaryConfig[] {
  return (context.siblings() as readonly PromoterConfig[]).flatMap(({ secondaries = [] }) => secondaries);
}

export class DropInUpkeep {
  readonly #context: PluginContext;
  readonly #dropIns: DropInFiles;
  /** Drop-ins that cannot be removed yet are checked repeatedly. */
  #isRemoving = false;

  constructor(context: PluginContext) {
    this.#context = context;
    this.#dropIns = DropInFiles.of(context.effects);
  }

  /**
   * Returns units whose obsolete drop-ins have to stay for now; undefined on failure. Callers before it has begun share
   * one attempt, as it covers all resources.
   */
  try({ isWhole }: { readonly isWhole: boolean }): Promise<string[] | undefined> {
    return this.#dropIns.together(isWhole, (isWholeNow) => this.#tryOnce(isWholeNow));
  }

  /**
   * Without its drop-ins nothing is started: the problem is reported until it is solved. `onWait` gets what is waited for, and
   * undefined when that is over.
   */
  async keepTrying(
    firstTry: Promise<string[] | undefined>,
    onWait: (what: string | undefined) => void,
  ): Promise<void> {
    const { effects, signal } = this.#context;
    const timer = effects.clock.setTimer(FIRST_WORD_MS, () => onWait("systemd to read the drop-ins"));
    let kept = await firstTry;
    timer.cancel();
    while (kept === undefined && !signal.aborted) {
      onWait(`systemd: cannot write the drop-ins: ${this.#dropIns.failure}`);
      await effects.clock.sleep(RETRY_MS, signal);
      if (!signal.aborted) kept = await this.try({ isWhole: false });
    }
    if (!signal.aborted) onWait(undefined);
    if (!signal.aborted) void this.removeLater(kept ?? []);
  }

  /** Until running units that are no longer configured have stopped. */
  async removeLater(kept: readonly string[] | undefined): Promise<void> {
    const { effects, signal } = this.#context;
    if (this.#isRemoving) return;
    this.#isRemoving = true;
    while (kept === undefined || kept.length > 0) {
      await effects.clock.sleep(POLL_INTERVAL_MS, signal);
      if (signal.aborted) return;
      kept = await this.try({ isWhole: false });
    }
    this.#isRemoving = false;
  }

  /** A reload has taken the promoter away. Where no other is left, what has to stay is removed when it has stopped. */
  async removeAfterEnd(): Promise<void> {
    const { effects } = this.#context;
    let kept = await this.try({ isWhole: false });
    while (kept === undefined || kept.length > 0) {
      await effects.clock.sleep(POLL_INTERVAL_MS);
      if (this.#context.siblings().length > 0) return;
      kept = await this.try({ isWhole: false });
    }
  }

  async #tryOnce(isWhole: boolean): Promise<string[] | undefined> {
    const { log } = this.#context;
    try {
      const kept = await this.#dropIns.write((isWholeNow) => this.#wantedDropIns(isWholeNow), isWhole);
      const units = kept.join(" ");
      if (units !== this.#dropIns.reportedKept && units !== "") {
        log.warn(
          "These units still run, but are no longer in any start list; keeping their drop-ins until they are stopped, so " +
            "that they are stopped before their resource is demoted; fix it with: systemctl stop {units}",
          { units },
        );
      }
      this.#dropIns.reportedKept = units;
      this.#dropIns.loggedFailure.reset();
      this.#dropIns.failure = "";
      this.#context.problems.set("drop-ins", undefined);
      return kept;
    } catch (error) {
      const reason = describeSystemctl(error);
      this.#dropIns.failure = reason;
      this.#context.problems.set(
        "drop-ins",
        `nothing is started: cannot write the drop-ins for systemd: ${reason}`,
      );
      this.#dropIns.loggedFailure.log(reason, () => {
        const fields = { seconds: RETRY_MS / 1_000, error: reason };
        log.error(NOT_WRITTEN, fields);
        this.#note(rendered(NOT_WRITTEN, fields));
      });
      return undefined;
    }
  }

  /** A problem that prevents all starts is recorded with the decisions about each resource. */
  #note(text: string): void {
    const { journal, effects } = this.#context;
    const decision = promoterDecision(effects.clock.wallMs(), "error", text);
    for (const { name } of systemdResources(this.#context)) journal.note(name, decision);
  }

  /** The drop-ins of all promoters. */
  async #wantedDropIns(isWhole: boolean): Promise<ReadonlyMap<string, string>> {
    const beside = () => secondariesOf(this.#context).flatMap((config) => [...secondaryDropInsOf(config)]);
    if (systemdResources(this.#context).length === 0) return new Map(beside());
    const known = isWhole ? undefined : this.#dropIns.host;
    const host = known ?? await this.#inspectHost();
    const all = systemdResources(this.#context).flatMap((config) => [...dropInsOf(config, host)]);
    return new Map([...all, ...beside()]);
  }

  async #inspectHost(): Promise<Host> {
    const { effects, log } = this.#context;
    const { host, problems } = await inspectHost(effects);
    this.#dropIns.host = host;
    if (problems.join() !== this.#dropIns.reportedProblems) {
      for (const problem of problems) log.warn("{problem}", { problem });
    }
    this.#dropIns.reportedProblems = problems.join();
    return host;
  }
}
