/** Runs the commands of the rules that an update matches. */
import { describeUpdate } from "../../src/drbd/text/update_text.ts";
import type { Update } from "../../src/drbd/model/update.ts";
import { describe } from "../../src/effects/describe.ts";
import type { ExitStatus } from "../../src/effects/effects.ts";
import type { PluginContext } from "../../src/daemon/plugins/plugin.ts";
import { TurnLimiter } from "../../src/effects/waiting/turn_limiter.ts";
import { CommandRun, KILL_AFTER_MS } from "./run/command_run.ts";
import type { Rule, RuleCondition, UmhConfig } from "./config.ts";
import { Debouncer } from "./run/debounce.ts";
import { environmentOf } from "./environment.ts";
import { Identities } from "./identities.ts";
import { RuleIndex } from "./matching.ts";
import { RuleMetrics } from "./run/rule_metrics.ts";
import { Line, Scheduler } from "./run/scheduler.ts";
import { endsWithin } from "../../src/effects/waiting/within.ts";

/** How long running commands may take to end when the plugin stops. */
const STOP_GRACE_MS = 10_000;
/** How long the kernel may take to end a process after SIGKILL. */
const LAST_MS = 1_000;

/** `stop` takes at most this long. */
export const LONGEST_STOP_MS = STOP_GRACE_MS + KILL_AFTER_MS + LAST_MS;

/** A rule with its runtime state. */
interface RuleState {
  readonly kind: Rule["kind"];
  readonly conditions: readonly RuleCondition[];
  readonly rule: Rule;
  /** Its name, or its kind and number. */
  readonly label: string;
  readonly line: Line;
  readonly debouncer: Debouncer | undefined;
  readonly metrics: RuleMetrics;
}

export class Runner {
  readonly #states: readonly RuleState[];
  readonly #index: RuleIndex<RuleState>;
  readonly #identities = new Identities();
  readonly #scheduler: Scheduler;
  /** Limits the time spent on the output of all commands. */
  readonly #limiter: TurnLimiter;
  /** Running commands, each with a promise of its end that never rejects. */
  readonly #runs = new Map<CommandRun, Promise<unknown>>();
  #stopped = false;

  constructor(
    { rules, maxConcurrent }: UmhConfig,
    readonly context: Pick<PluginContext, "effects" | "log" | "metrics">,
  ) {
    const { clock } = context.effects;
    this.#states = rules.map((rule, place) => {
      const label = labelOf(rule, rules.slice(0, place));
      const metrics = new RuleMetrics(context.metrics, label);
      return {
        ...{ kind: rule.kind, conditions: rule.conditions, rule, label, metrics },
        line: new Line(rule.maxConcurrent ?? maxConcurrent, rule.ordered, metrics),
        debouncer: rule.debounceMs === undefined ? undefined : new Debouncer(clock, rule.debounceMs),
      };
    });
    this.#index = new RuleIndex(this.#states);
    this.#limiter = new TurnLimiter(clock, 1);
    this.#scheduler = new Scheduler(clock, maxConcurrent, (count) => {
      context.log.warn("{count} commands are queued: rules match faster than their commands end", {
        count,
      });
    });
  }

  /** Queues the commands of all rules that `update` matches, without waiting for them. */
  take(update: Update): void {
    const key = this.#identities.keyOf(update.name);
    for (const state of this.#index.matching(update)) {
      const { debouncer } = state;
      if (debouncer === undefined) this.#add(state, key, update);
      else debouncer.later(key, () => this.#add(state, key, update));
    }
    if (update.type === "rename") this.#identities.renamed(update.name, update.newName);
  }

  /** Drops queued commands, gives running ones some time, then kills them. Never rejects. */
  async stop(): Promise<void> {
    const { log, effects: { clock } } = this.context;
    this.#stopped = true;
    for (const { label, line, debouncer } of this.#states) {
      const count = this.#scheduler.clear(line) + (debouncer?.clear() ?? 0);
      if (count > 0) {
        log.warn("Rule {rule}: the plugin stops; {count} queued commands are dropped", {
          rule: label,
          count,
        });
      }
    }
    if (this.#runs.size > 0) {
      log.info("The plugin stops; {count} running commands have {seconds} s to end", {
        count: this.#runs.size,
        seconds: STOP_GRACE_MS / 1000,
      });
      if (!await endsWithin(clock, STOP_GRACE_MS, this.#allGone())) await this.#endAll();
    }
    for (const { metrics } of this.#states) metrics.close();
  }

  async #endAll(): Promise<void> {
    for (const run of this.#runs.keys()) run.end();
    if (await endsWithin(this.context.effects.clock, KILL_AFTER_MS + LAST_MS, this.#allGone())) return;
    this.context.log.error("{count} commands did not exit after SIGKILL and were abandoned", {
      count: this.#runs.size,
    });
    for (const run of this.#runs.keys()) run.abandon();
  }

  #allGone(): Promise<unknown> {
    return Promise.all(this.#runs.values());
  }

  #add(state: RuleState, key: string, update: Update): void {
    if (this.#stopped) return;
    this.#scheduler.add(state.line, key, () => this.#run(state, update));
  }

  /** Resolves when the command has ended. Never rejects. */
  async #run(state: RuleState, update: Update): Promise<void> {
    const { clock } = this.context.effects;
    const startedMs = clock.nowMs();
    const run = this.#start(state, update);
    if (run === undefined) return;
    const limit = this.#limit(run, state);
    const reported = run.ended.then((status) => {
      const reason = reasonOf(status, limit.isOver ? state.rule.timeoutS : undefined);
      const durationMs = (run.shellEndedMs ?? clock.nowMs()) - startedMs;
      this.#logEnd(state, update, durationMs, reason);
    });
    const over = Promise.all([reported, run.gone]);
    this.#runs.set(run, over);
    void over.then(() => this.#runs.delete(run));
    await reported;
    // The shell of a killed command can exit long before its children: the next command must not run beside them.
    await run.ending;
  }

  /** Starts the command, or logs why it cannot be started. */
  #start({ rule, label, metrics }: RuleState, update: Update): CommandRun | undefined {
    const { effects, log } = this.context;
    if (log.isEnabledFor("debug")) {
      log.debug("Rule {rule}: running its command for {update}", {
        rule: label,
        update: describeUpdate(update),
      });
    }
    metrics.started();
    try {
      const env = environmentOf({ label, env: rule.env }, update);
      return new CommandRun(effects, log, { label, command: rule.command, env }, this.#limiter);
    } catch (error) {
      metrics.ended();
      metrics.failed();
      const fields = { rule: label, resource: update.name, reason: describe(error) };
      log.warn("Rule {rule}: cannot run the command for {resource}: {reason}", fields);
      return undefined;
    }
  }

  #logEnd(
    { label, metrics }: RuleState,
    update: Update,
    durationMs: number,
    reason: string | undefined,
  ): void {
    const { log } = this.context;
    const seconds = Math.round(durationMs) / 1000;
    const fields = { rule: label, resource: update.name, seconds };
    metrics.ended();
    if (reason === undefined) {
      log.info(
        "Rule {rule}: the command for {resource} exited with status 0 after {seconds} s",
        fields,
      );
    } else {
      metrics.failed();
      log.warn("Rule {rule}: the command for {resource} failed after {seconds} s: {reason}", {
        ...fields,
        reason,
      });
    }
  }

  /** Kills the run when the rule's time limit is reached. */
  #limit(run: CommandRun, { rule: { timeoutS }, label }: RuleState): { readonly isOver: boolean } {
    const limit = { isOver: false };
    if (timeoutS === undefined) return limit;
    const timer = this.context.effects.clock.setTimer(timeoutS * 1000, () => {
      limit.isOver = true;
      if (run.isLeftover) {
        const fields = { rule: label, seconds: timeoutS };
        this.context.log.warn(
          "Rule {rule}: killing background processes of its command after {seconds} s",
          fields,
        );
      }
      run.end();
    });
    void run.gone.then(() => timer.cancel());
    return limit;
  }
}

function labelOf({ name, kind }: Rule, before: readonly Rule[]): string {
  if (name !== "") return name;
  const number = before.filter((rule) => rule.kind === kind).length + 1;
  return `${kind.replace("-", "")} ${number}`;
}

/** Why a run has failed; undefined if it succeeded. */
function reasonOf({ code, signal }: ExitStatus, timeoutS: number | undefined): string | undefined {
  const end = signal === undefined ? `exit status ${code}` : `killed by ${signal}`;
  if (timeoutS !== undefined) return `it took longer than ${timeoutS} s and was killed (${end})`;
  return code === 0 ? undefined : end;
}
