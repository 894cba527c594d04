/** `drbddctl evict`, done. */
import type { ResourceConfig } from "../../../plugins/promoter/config/resource_config.ts";
import { RESTART_BY_SYSTEMD_MS } from "../../../plugins/promoter/decide/state.ts";
import { complaintOf, isUp, Systemctl } from "../../../plugins/promoter/systemd/units/systemctl.ts";
import { targetOf } from "../../../plugins/promoter/config/unit_names.ts";
import type { Cluster } from "../../drbd/model/cluster.ts";
import { describe } from "../../effects/describe.ts";
import { type Ctl, CtlError, EXIT } from "../cli/ctl.ts";
import { primaryOn, stateNow } from "../drbd/primary.ts";
import { withProgress } from "../cli/progress.ts";
import { shielded } from "../cli/shielded.ts";
import { chooseResources } from "./choose.ts";
import { mask, unmask } from "./mask.ts";
import { codeOf, type Outcome, outcomesJson } from "./outcome.ts";
import { prepareTransfer, type Transfer } from "./transfer.ts";
import { waitForPeer } from "./wait.ts";

export interface Eviction {
  readonly files: readonly string[];
  /** How long to wait for a peer, for each resource. */
  readonly delayS: number;
  readonly isForced: boolean;
  readonly keepMasked: boolean;
  /** Only undo an earlier `keepMasked`. */
  readonly unmask: boolean;
  /** The peer that is to take over; undefined: any. */
  readonly to: string | undefined;
  /** Whether the outcome is printed as JSON. */
  readonly isJson: boolean;
}

/**
 * drbdd sees to it that nothing is left, some seconds after a resource became Secondary under its services. What is started
 * before that is stopped with it.
 */
const UNTIL_STARTED_MS = 2 * RESTART_BY_SYSTEMD_MS;

/** Returns the exit code: 1 if something did not go to a peer, or could not be given back. */
export async function evict(request: Eviction, ctl: Ctl): Promise<number> {
  if (request.to !== undefined && request.unmask) {
    throw new CtlError("--to and --unmask make no sense together", { exitCode: EXIT.usage });
  }
  const safe = { ...ctl, effects: shielded(ctl.effects) };
  // DRBD answers while the files are being read.
  const first = request.unmask ? undefined : stateNow(safe);
  first?.catch(() => {});
  const resources = await chooseResources(request.files, request.isForced || request.unmask, ctl);
  const outcomes: Outcome[] = [];
  const isInterrupted = first === undefined
    ? await giveAllBack(resources, outcomes, safe)
    : await evictAll(resources, first, request, outcomes, safe);
  if (request.isJson) ctl.out.line(JSON.stringify(outcomesJson(outcomes, ctl)));
  return isInterrupted ? EXIT.interrupted : codeOf(outcomes);
}

/** Returns false: it is over soon, and not interrupted. */
async function giveAllBack(
  resources: readonly ResourceConfig[],
  outcomes: Outcome[],
  ctl: Ctl,
): Promise<boolean> {
  for (const { name, runner } of resources) {
    if (runner === "systemd") outcomes.push({ name, result: "unmasked", ...await giveBack(name, ctl) });
  }
  return false;
}

/** `first` is the state for the first of them: those after it are looked at when it is their turn. Returns whether it was interrupted. */
async function evictAll(
  resources: readonly ResourceConfig[],
  first: Promise<Cluster>,
  request: Eviction,
  outcomes: Outcome[],
  ctl: Ctl,
): Promise<boolean> {
  const { err } = ctl;
  if (resources.length === 0) err.line("No promoter is configured: there is nothing to be evicted");
  using interrupts = ctl.terminal.interrupts();
  for (const [place, config] of resources.entries()) {
    const cluster = await (place === 0 ? first : stateNow(ctl));
    const outcome = whyNot(config, cluster, request, ctl) ??
      await evictTo(config, cluster, request, interrupts.signal, ctl);
    const isStopped = outcome.result === "moved" || outcome.result === "failed";
    const isKept = isStopped && request.keepMasked;
    const back = isStopped && !isKept ? await giveBack(config.name, ctl) : {};
    outcomes.push({ ...outcome, isMasked: isKept, ...back });
    if (interrupts.signal.aborted) {
      err.line("Interrupted: what was not evicted so far stays here");
      return true;
    }
  }
  return false;
}

/** Returns why a resource is not evicted; undefined if it is. */
function whyNot(
  config: ResourceConfig,
  cluster: Cluster,
  { isForced }: Eviction,
  ctl: Ctl,
): Outcome | undefined {
  const { name } = config;
  const node = ctl.effects.nodeName();
  const primary = primaryOn(cluster, name, node);
  if (primary !== node) {
    const where = primary === undefined ? "not Primary on this node" : `Primary on ${primary}`;
    ctl.err.line(`${name}: ${where}, nothing to do here`);
    return { name, result: "elsewhere", primaryOn: primary };
  }
  if (config.runner === "shell") {
    const problem = "its commands are run by a shell, and no target can be masked";
    const next = "drbddctl disable --now FILE here, and drbddctl enable FILE when a peer has taken over";
    return { ...notEvicted(name, problem, next, ctl), primaryOn: primary };
  }
  const isAlone = !cluster.get(name)?.connections.some(({ connectionState }) =>
    connectionState === "Connected"
  );
  if (!isAlone || isForced) return undefined;
  const problem = "no peer is connected that could take over";
  const next = `drbdadm status ${name}; to stop it all the same: drbddctl evict --force`;
  return { ...notEvicted(name, problem, next, ctl), primaryOn: primary };
}

function notEvicted(name: string, problem: string, next: string | undefined, { err }: Ctl): Outcome {
  err.line(`${err.style.bad(`${name}: not evicted`)}: ${problem}`);
  if (next !== undefined) err.line(`  Next: ${next}`);
  return { name, result: "refused", problem, next };
}

async function evictTo(
  config: ResourceConfig,
  cluster: Cluster,
  request: Eviction,
  signal: AbortSignal,
  ctl: Ctl,
): Promise<Outcome> {
  const { to } = request;
  const resource = cluster.get(config.name);
  if (to === undefined || resource === undefined) return await evictOne(config.name, request, signal, ctl);
  let transfer: Transfer;
  try {
    transfer = await prepareTransfer(config, resource, { ...request, to }, signal, ctl);
  } catch (error) {
    if (!(error instanceof CtlError)) throw error;
    return notEvicted(config.name, error.message, error.remedy, ctl);
  }
  try {
    return await evictOne(config.name, request, signal, ctl, transfer.to);
  } finally {
    await transfer.release();
  }
}

/** It is moved if a peer has it afterwards: `to`, if that is named. */
async function evictOne(
  name: string,
  { delayS, keepMasked }: Eviction,
  signal: AbortSignal,
  ctl: Ctl,
  to?: string,
): Promise<Outcome> {
  const { effects: { clock }, err } = ctl;
  const { style } = err;
  const target = targetOf(name);
  const systemctl = new Systemctl(ctl.effects);
  await mask(target, systemctl);
  const startMs = clock.nowMs();
  const args = ["stop", target];
  // systemd may still be working when systemctl has ended.
  const stop = await withProgress(ctl, `${name}: stopping its services here`, systemctl.run(args, signal));
  const seconds = () => Math.round((clock.nowMs() - startMs) / 1000);
  const failed = (problem: string, next?: string, primaryOn?: string): Outcome => {
    if (next !== undefined) err.line(`  Next: ${next}`);
    return { name, result: "failed", primaryOn, seconds: seconds(), problem, next };
  };
  if (signal.aborted && stop.code !== 0) {
    err.line(`${name}: interrupted while its services were stopping`);
    return failed("interrupted while its services were stopping");
  }
  if (stop.code !== 0) {
    const problem = complaintOf(args, stop);
    err.line(`${style.bad(`${name}: not evicted`)}: ${problem}`);
    return failed(problem, `systemctl status '${target}'`);
  }
  err.line(`${name}: its services here are stopped, after ${seconds()} s`);
  const stoppedMs = clock.nowMs();
  const primary = await waitForPeer(name, delayS, signal, ctl);
  const isElsewhere = primary !== undefined && primary !== ctl.effects.nodeName();
  if (isElsewhere && to !== undefined && primary !== to) {
    const problem = `${primary} took over, not ${to}`;
    err.line(`${style.bad(`${name}: ${problem}`)}, ${seconds()} s after the eviction began`);
    return failed(problem, `drbddctl explain ${name} on ${to}`, primary);
  }
  if (isElsewhere) {
    err.line(`${style.good(`${name}: ${primary} took over`)}, ${seconds()} s after the eviction began`);
    return { name, result: "moved", primaryOn: primary, seconds: seconds() };
  }
  const problem = primary === undefined
    ? signal.aborted
      ? "interrupted before a peer took over"
      : `${to ?? "nobody"} ${to === undefined ? "took" : "did not take"} over within ${delayS} s`
    : "still Primary here: something still uses its device";
  const goesOn = keepMasked ? "it stays stopped here" : "it is started here again";
  err.line(`${style.bad(`${name}: ${problem}`)}; ${goesOn}`);
  if (!keepMasked) await clock.sleep(stoppedMs + UNTIL_STARTED_MS - clock.nowMs(), signal);
  const next = primary === undefined
    ? `drbddctl explain ${name} on ${to ?? "the peers"}`
    : `drbdadm status ${name}, and fuser --verbose --mount on what is mounted of it`;
  return failed(problem, next, primary);
}

/** Unmasks the target, and starts it. That has no effect if a peer is Primary. Returns what prevented that. */
async function giveBack(name: string, ctl: Ctl): Promise<Partial<Outcome>> {
  const { err } = ctl;
  const target = targetOf(name);
  const systemctl = new Systemctl(ctl.effects);
  try {
    await unmask(target, systemctl);
  } catch (error) {
    const problem = `not unmasked: ${describe(error)}`;
    const next = `systemctl status '${target}', drbddctl evict --unmask`;
    err.line(`${err.style.bad(`${name}: not unmasked`)}: ${describe(error)}`);
    err.line(`  Next: ${next}`);
    return { result: "failed", isMasked: true, problem, next };
  }
  // Whoever presses Ctrl-C now does not want to wait for the start: systemd does it alone.
  using interrupts = ctl.terminal.interrupts();
  const starting = systemctl.run(["start", target], interrupts.signal);
  await withProgress(ctl, `${name}: starting here again`, starting);
  const [state] = await systemctl.show([target], ["ActiveState"]);
  err.line(
    state !== undefined && isUp(state)
      ? `${name}: unmasked, and ${state.get("ActiveState")} here again`
      : `${name}: unmasked; it can start here again when no peer has it`,
  );
  return {};
}
