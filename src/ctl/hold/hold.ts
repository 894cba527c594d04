/** `drbddctl hold` and `drbddctl unhold`: write files that the daemon reads, and wait for its confirmation. */
import {
  describeHold,
  type Hold,
  holdPathOf,
  HOLDS_DIRECTORY,
  HOLDS_IN_FORCE,
  holdText,
} from "../../../plugins/promoter/hold/hold.ts";
import { likeliest } from "../../config/toml/report.ts";
import type { Effects } from "../../effects/effects.ts";
import { type Ctl, CtlError, EXIT } from "../cli/ctl.ts";
import { configuredNames } from "../explain/facts/gather.ts";
import { isRunning, Service } from "../files/service.ts";
import { loadOrFail } from "../cli/load.ts";
import { withProgress } from "../cli/progress.ts";
import { holdOf, resourcesOnHold } from "../services/read_holds.ts";

/** A request to end holds. */
export interface UnholdRequest {
  /** Empty: all that are on hold here. */
  readonly resources: readonly string[];
  /** Only holds with this reason. */
  readonly reason: string | undefined;
}

export interface HoldRequest {
  readonly resources: readonly string[];
  readonly reason: string | undefined;
  /** The hold ends after this time; undefined: no limit. */
  readonly seconds: number | undefined;
}

const REACTOR = "drbd-reactor.service";
/** drbdd checks every second. */
const LIMIT_MS = 5_000;
const POLL_INTERVAL_MS = 100;

/** Returns the exit code: 1 if drbdd does not confirm. @throws {CtlError} If no promoter has one of the resources; then nothing is put on hold. */
export async function hold({ resources, reason, seconds }: HoldRequest, ctl: Ctl): Promise<number> {
  const { effects, effects: { files, clock } } = ctl;
  await requireConfigured(resources, ctl);
  const sinceMs = clock.wallMs();
  const held: Hold = {
    sinceMs,
    untilMs: seconds === undefined ? undefined : sinceMs + seconds * 1000,
    reason,
  };
  await files.makeDirectory(HOLDS_DIRECTORY);
  const kept = new Map<string, Hold>();
  for (const name of resources) {
    const before = await holdOf(effects, name);
    if (before !== undefined && lastsLonger(before, held)) kept.set(name, before);
    else await files.writeTextAtomic(holdPathOf(name), holdText(held));
  }
  const outcome = await confirmed((inForce) => resources.every((name) => inForce.includes(name)), ctl);
  const end = seconds === undefined ? "" : `, for ${seconds} s at most`;
  for (const name of resources) {
    const before = kept.get(name);
    if (before !== undefined) {
      ctl.err.line(`${name}: already on hold, not changed: ${describeHold(before)}`);
    }
    printOutcome(name, outcome, {
      done: `on hold here${end}: drbdd starts no services, and stops them only if they cannot continue`,
      later: `on hold here${end} as soon as drbdd runs; it is not running now`,
      failed: "drbdd does not confirm the hold and may still start or stop services",
    }, ctl);
  }
  return outcome === "failed" || outcome === "reactor" ? EXIT.failure : EXIT.ok;
}

/** A longer hold is not replaced by a shorter one. */
function lastsLonger({ untilMs: before = Infinity }: Hold, { untilMs: after = Infinity }: Hold): boolean {
  return before > after;
}

/** Returns the exit code: 1 if drbdd does not confirm. */
export async function unhold({ resources, reason }: UnholdRequest, ctl: Ctl): Promise<number> {
  const { effects, effects: { files }, err } = ctl;
  const known = await resourcesOnHold(effects, reason);
  if (resources.length === 0 && known.length === 0) err.line("Nothing is on hold here");
  const wanted = resources.length === 0 ? known : resources;
  for (const name of wanted) {
    if (known.includes(name)) await files.remove(holdPathOf(name));
    else err.line(`${name}: not on hold here${reason === undefined ? "" : " for that reason"}`);
  }
  const ended = wanted.filter((name) => known.includes(name));
  if (ended.length === 0) return EXIT.ok;
  const outcome = await confirmed((inForce) => !ended.some((name) => inForce.includes(name)), ctl);
  for (const name of ended) {
    printOutcome(name, outcome, {
      done: "no longer on hold here",
      later: "no longer on hold here; drbdd does not run now",
      failed: "drbdd does not confirm that the hold is over",
    }, ctl);
  }
  return outcome === "failed" || outcome === "reactor" ? EXIT.failure : EXIT.ok;
}

async function requireConfigured(resources: readonly string[], ctl: Ctl): Promise<void> {
  const configured = configuredNames(await loadOrFail(ctl));
  const unknown = resources.find((name) => !configured.includes(name));
  if (unknown === undefined) return;
  const close = likeliest(unknown, configured);
  throw new CtlError(`No promoter is configured for the resource "${unknown}": nothing was put on hold`, {
    remedy: close === undefined ? "drbddctl ls" : `did you mean "${close}"?`,
    exitCode: EXIT.usage,
  });
}

type Outcome = "done" | "later" | "failed" | "reactor";

/** Waits until `isDone` for the holds that drbdd has confirmed. */
async function confirmed(isDone: (inForce: readonly string[]) => boolean, ctl: Ctl): Promise<Outcome> {
  const service = new Service(ctl);
  if (!isRunning(await service.state())) {
    const [reactor] = await service.systemctl.show([REACTOR], ["ActiveState"]);
    return isRunning(reactor ?? new Map()) ? "reactor" : "later";
  }
  return await withProgress(ctl, "Waiting for drbdd to confirm", waitFor(isDone, ctl));
}

async function waitFor(isDone: (inForce: readonly string[]) => boolean, { effects }: Ctl): Promise<Outcome> {
  const { clock } = effects;
  const endMs = clock.nowMs() + LIMIT_MS;
  for (;;) {
    if (isDone(await resourcesInForce(effects))) return "done";
    if (clock.nowMs() >= endMs) return "failed";
    await clock.sleep(POLL_INTERVAL_MS);
  }
}

async function resourcesInForce({ files }: Effects): Promise<string[]> {
  try {
    const value: unknown = JSON.parse(await files.readText(HOLDS_IN_FORCE));
    return Array.isArray(value) ? value.filter((each) => typeof each === "string") : [];
  } catch {
    return [];
  }
}

function printOutcome(
  name: string,
  outcome: Outcome,
  { done, later, failed }: Readonly<Record<Exclude<Outcome, "reactor">, string>>,
  { err }: Ctl,
): void {
  if (outcome === "done") return err.line(`${err.style.good(name)}: ${done}`);
  if (outcome === "later") return err.line(`${err.style.odd(name)}: ${later}`);
  if (outcome === "reactor") {
    err.line(`${err.style.bad(name)}: drbd-reactor runs here and does not support holds`);
    return err.line("  Next: systemctl stop drbd-reactor, if nothing must be started here");
  }
  err.line(`${err.style.bad(name)}: ${failed}`);
  err.line(`  Next: systemctl status drbdd, journalctl -u drbdd | grep ' ${name}: '`);
}
