/** Services as units of systemd, bundled by the target drbd-services@RESOURCE. */
import { describe } from "../../src/runtime/describe.ts";
import { type Effects, programEnvironment } from "../../src/runtime/effects.ts";
import type { Logger } from "../../src/runtime/logging.ts";
import { promoteUnitOf, targetOf } from "./drop_ins.ts";
import type { SystemdResourceConfig } from "./resource_config.ts";
import type { Found, Services } from "./services.ts";
import type { Outcome } from "./state.ts";
import { complaintOf, isUp, Systemctl } from "./systemctl.ts";
import type { UnitWatch } from "./unit_watch.ts";

export class SystemdServices implements Services {
  readonly #effects: Effects;
  readonly #systemctl: Systemctl;
  readonly #log: Logger;
  readonly #watch: UnitWatch;
  readonly #resource: string;
  readonly #target: string;
  readonly #promote: string;
  /** Units of the start list, in order. */
  readonly #units: readonly string[];
  /** Ends a systemctl that waits for a start. The job itself is ended by a stop. */
  #starting = new AbortController();
  #startClient: Promise<unknown> = Promise.resolve();
  /** Freezing and thawing happen one after the other, in the order asked for. */
  #lastFreezing: Promise<unknown> = Promise.resolve();
  #mayBeFrozen = false;

  constructor(effects: Effects, log: Logger, config: SystemdResourceConfig, watch: UnitWatch) {
    this.#effects = effects;
    this.#systemctl = new Systemctl(effects);
    this.#log = log;
    this.#watch = watch;
    this.#resource = config.name;
    this.#target = targetOf(config.name);
    this.#promote = promoteUnitOf(config.name);
    this.#units = config.start.map((entry) => entry.unit);
  }

  async find(): Promise<Found> {
    const [target, ...units] = await this.#systemctl.show([this.#target, ...this.#units], [
      "ActiveState",
      "FreezerState",
    ]);
    if (units.some((unit) => unit.get("FreezerState") === "frozen")) {
      this.#mayBeFrozen = true;
      return "frozen";
    }
    return target !== undefined && isUp(target) ? "active" : "inactive";
  }

  /**
   * A start job can succeed though a lost race has stopped the target again, so what counts is its state afterwards.
   */
  async start(): Promise<Outcome> {
    const given = new AbortController();
    this.#starting = given;
    const [[target]] = await Promise.all([
      this.#systemctl.show([this.#target], ["LoadState"]),
      this.#systemctl.run(["reset-failed", this.#target]),
    ]);
    if (given.signal.aborted) return "nothingBegan";
    if (target?.get("LoadState") === "masked") return this.#refused(`${this.#target} is masked`);
    const args = ["start", this.#target];
    const client = this.#systemctl.run(args, given.signal);
    this.#startClient = client.catch(() => {});
    const result = await client;
    const [state, ...units] = await this.#systemctl.show([this.#target, this.#promote, ...this.#units], [
      "ActiveState",
    ]);
    if (state?.get("ActiveState") === "active") return "ok";
    const reason = result.code === 0 ? "the target did not stay active" : complaintOf(args, result);
    const demotionFailed = units[0]?.get("ActiveState") === "failed";
    if (!demotionFailed && !units.some(isUp)) return this.#refused(reason);
    this.#log.warn("{resource}: the start failed: {reason}", { resource: this.#resource, reason });
    return "failed";
  }

  async stop(): Promise<"ok" | "failed"> {
    this.#starting.abort();
    // Two clients could reach systemd in the wrong order, and the services would be started after they were stopped.
    await this.#startClient;
    // What leads to a stop must not be lost if the node is reset because the stop fails. The stop does not wait for it.
    void this.#keepJournal();
    if (this.#mayBeFrozen) await this.thaw();
    const args = ["stop", this.#target];
    const result = await this.#systemctl.run(args);
    const states = await this.#systemctl.show([this.#target, this.#promote, ...this.#units], [
      "Id",
      "ActiveState",
    ]);
    const stillUp = states.filter(isUp).map((unit) => unit.get("Id") ?? "");
    if (stillUp.length > 0) {
      const reason = result.code === 0 ? `${stillUp.join(", ")} did not stop` : complaintOf(args, result);
      this.#log.error("{resource}: the stop failed: {reason}", { resource: this.#resource, reason });
      return "failed";
    }
    if (states[1]?.get("ActiveState") === "failed") {
      this.#log.error(
        "{resource}: the services are stopped, but {unit} failed: the resource may still be Primary",
        {
          resource: this.#resource,
          unit: this.#promote,
        },
      );
    }
    return "ok";
  }

  freeze(): Promise<"ok" | "failed"> {
    this.#mayBeFrozen = true;
    return this.#inTurn(() => this.#freezeOrThaw("freeze"));
  }

  thaw(): Promise<"ok" | "failed"> {
    return this.#inTurn(async () => {
      const outcome = await this.#freezeOrThaw("thaw");
      if (outcome === "ok") this.#mayBeFrozen = false;
      return outcome;
    });
  }

  async restart(unit: string): Promise<void> {
    await this.#systemctl.run(["reset-failed", unit]);
    await this.#systemctl.must(["restart", unit]);
  }

  watch(onFailed: (unit: string) => void, signal: AbortSignal): void {
    this.#watch.add(this.#units, onFailed, signal);
  }

  letGo(): void {
    this.#starting.abort();
  }

  #refused(reason: string): "nothingBegan" {
    this.#log.info("{resource}: is not started here: {reason}", { resource: this.#resource, reason });
    return "nothingBegan";
  }

  /** Each unit alone: one that cannot be frozen (it has no processes, say) is no reason to leave the others running. */
  async #freezeOrThaw(verb: "freeze" | "thaw"): Promise<"ok" | "failed"> {
    const results = await Promise.all((await this.#unitsToFreeze()).map(async (unit) => {
      const result = await this.#systemctl.run([verb, unit]);
      if (result.code !== 0) {
        this.#log.warn("{resource}: cannot {verb} {unit}, which is fine if it has no processes: {reason}", {
          ...{ resource: this.#resource, verb, unit },
          reason: complaintOf([verb, unit], result),
        });
      }
      return result.code === 0;
    }));
    return results.some((isDone) => isDone) ? "ok" : "failed";
  }

  /** What the target pulls in, without itself, the promotion (the first two lines), and mounts. */
  async #unitsToFreeze(): Promise<string[]> {
    const args = ["list-dependencies", "--plain", this.#target];
    const result = await this.#systemctl.run(args);
    if (result.code !== 0) throw new Error(complaintOf(args, result));
    const units = result.stdout.split("\n").map((line) => line.trim()).filter((line) => line !== "");
    const excepted = new Set([this.#target, this.#promote]);
    return units.filter((unit) =>
      !excepted.has(unit) && !unit.endsWith(".mount") && !unit.endsWith(".target")
    );
  }

  #inTurn<Result>(action: () => Promise<Result>): Promise<Result> {
    const result = this.#lastFreezing.then(action);
    this.#lastFreezing = result.catch(() => {});
    return result;
  }

  async #keepJournal(): Promise<void> {
    try {
      const env = programEnvironment(this.#effects);
      await this.#effects.processes.run(["journalctl", "--flush", "--sync"], { env });
    } catch (error) {
      this.#log.debug("Cannot flush the journal: {error}", { error: describe(error) });
    }
  }
}
