/** The rules that look at everything, again and again. */
import { LeftPrimaryRule } from "./demotions.ts";
import { DeadlineRules } from "./deadlines.ts";
import { LivenessRule } from "./liveness.ts";
import { LogRules } from "./log_rules.ts";
import type { Place } from "../observed/place.ts";
import type { RuleBook } from "./rule_book.ts";
import { Safety } from "./safety.ts";
import { SecondaryRules } from "./secondaries.ts";

export class AllRules {
  readonly secondaries: SecondaryRules;
  readonly log: LogRules;
  readonly liveness: LivenessRule;
  readonly #others: readonly { look(nowMs: number): void }[];

  constructor(places: readonly Place[], rules: RuleBook) {
    this.secondaries = new SecondaryRules(places, rules);
    this.log = new LogRules(places, rules);
    this.liveness = new LivenessRule(places, rules);
    this.#others = [
      new Safety(places, rules),
      new DeadlineRules(places, rules),
      new LeftPrimaryRule(places, rules),
    ];
  }

  look(nowMs: number): void {
    for (const rule of this.#others) rule.look(nowMs);
    this.secondaries.look(nowMs);
    this.log.look(nowMs);
    this.liveness.look(nowMs);
  }

  /** DRBD has changed what it allows for a resource, or something was done to it, or to all. */
  disturb(nowMs: number, resource?: string): void {
    this.liveness.disturb(nowMs, resource);
  }
}
