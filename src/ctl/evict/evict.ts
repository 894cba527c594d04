/** `drbddctl evict`: evicts one resource after the other. */
import type { ResourceConfig } from "../../../plugins/promoter/config/resource_config.ts";
import type { Cluster } from "../../drbd/model/cluster.ts";
import { type Ctl, CtlError, EXIT } from "../cli/ctl.ts";
import { primaryOn, stateNow } from "../drbd/primary.ts";
import { shielded } from "../cli/shielded.ts";
import { chooseResources } from "./choose.ts";
import { codeOf, type Outcome, outcomesJson } from "./outcome.ts";
import { prepareTransfer } from "./transfer.ts";
import type { Eviction } from "./eviction.ts";
import { evictOne } from "./evict_one.ts";
import { unmaskAndStart } from "./unmask_and_start.ts";

/** Returns the exit code: 1 if something did not go to a peer, or could not be unmasked. */
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
    ? await unmaskAll(resources, outcomes, safe)
    : await evictAll(resources, first, request, outcomes, safe);
  if (request.isJson) ctl.out.line(JSON.stringify(outcomesJson(outcomes, ctl)));
  return isInterrupted ? EXIT.interrupted : codeOf(outcomes);
}

/** Returns false: it is over soon, and not interrupted. */
async function unmaskAll(
  resources: readonly ResourceConfig[],
  outcomes: Outcome[],
  ctl: Ctl,
): Promise<boolean> {
  for (const { name, runner } of resources) {
    if (runner === "systemd") outcomes.push({ name, result: "unmasked", ...await unmaskAndStart(name, ctl) });
  }
  return false;
}

/**
 * `first` is the state for the first of them; that of each other is read right before its eviction. Returns whether it
 * was interrupted.
 */
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
    // The results so far are printed, whatever happens now.
    const cluster = await (place === 0 ? first : stateNow(ctl).catch(onlyCtlError));
    if (cluster instanceof CtlError) {
      outcomes.push(...resources.slice(place).map(({ name }) => unknownState(name, cluster)));
      reportUnknown(cluster, resources.slice(place), ctl);
      return false;
    }
    const outcome = whyNot(config, cluster, request, ctl) ??
      await evictTo(config, cluster, request, interrupts.signal, ctl);
    const isStopped = outcome.result === "moved" || outcome.result === "failed";
    const isKept = isStopped && request.keepMasked;
    const back = isStopped && !isKept ? await unmaskAndStart(config.name, ctl) : {};
    outcomes.push({ ...outcome, isMasked: isKept, ...back });
    if (interrupts.signal.aborted) {
      err.line("Interrupted: resources that were not evicted yet stay here");
      return true;
    }
  }
  return false;
}

/** @throws What is no operating error. */
function onlyCtlError(error: unknown): CtlError {
  if (error instanceof CtlError) return error;
  throw error;
}

function unknownState(name: string, { message, remedy }: CtlError): Outcome {
  return { name, result: "failed", problem: message, next: remedy };
}

function reportUnknown({ message, remedy }: CtlError, rest: readonly ResourceConfig[], { err }: Ctl): void {
  const names = rest.map(({ name }) => name).join(", ");
  err.line(`${err.style.bad(`${names}: not evicted`)}: ${message}`);
  if (remedy !== undefined) err.line(`  Next: ${remedy}`);
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
  const next = `drbdadm status ${name}; to stop it anyway: drbddctl evict --force`;
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
  try {
    if (to === undefined || resource === undefined) return await evictOne(config.name, request, signal, ctl);
    const transfer = await prepareTransfer(config, resource, { ...request, to }, signal, ctl);
    try {
      return await evictOne(config.name, request, signal, ctl, transfer.to);
    } finally {
      await transfer.release();
    }
  } catch (error) {
    const { message, remedy } = onlyCtlError(error);
    return notEvicted(config.name, message, remedy, ctl);
  }
}
