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
  return first === undefined
    ? await giveAllBack(resources, safe)
    : await evictAll(resources, first, request, safe);
}

async function giveAllBack(resources: readonly ResourceConfig[], ctl: Ctl): Promise<number> {
  let code: number = EXIT.ok;
  for (const { name, runner } of resources) {
    if (runner === "systemd" && !await giveBack(name, ctl)) code = EXIT.failure;
  }
  return code;
}

/** `first` is the state for the first of them: those after it are looked at when it is their turn. */
async function evictAll(
  resources: readonly ResourceConfig[],
  first: Promise<Cluster>,
  request: Eviction,
  ctl: Ctl,
): Promise<number> {
  const { err } = ctl;
  if (resources.length === 0) err.line("No promoter is configured: there is nothing to be evicted");
  using interrupts = ctl.terminal.interrupts();
  let code: number = EXIT.ok;
  for (const [place, config] of resources.entries()) {
    const cluster = await (place === 0 ? first : stateNow(ctl));
    const problem = whyNot(config, cluster, request, ctl);
    if (problem === "elsewhere") continue;
    if (problem === "impossible") {
      code = EXIT.failure;
      continue;
    }
    const isGone = await evictTo(config, cluster, request, interrupts.signal, ctl);
    const isBack = isGone === "impossible" || request.keepMasked || await giveBack(config.name, ctl);
    if (isGone !== true || !isBack) code = EXIT.failure;
    if (interrupts.signal.aborted) {
      err.line("Interrupted: what was not evicted so far stays here");
      return EXIT.interrupted;
    }
  }
  return code;
}

/** Returns why a resource is not evicted; undefined if it is. */
function whyNot(
  config: ResourceConfig,
  cluster: Cluster,
  { isForced }: Eviction,
  { effects, err }: Ctl,
): "elsewhere" | "impossible" | undefined {
  const { name } = config;
  const node = effects.nodeName();
  const primary = primaryOn(cluster, name, node);
  if (primary !== node) {
    err.line(
      `${name}: ${
        primary === undefined ? "not Primary on this node" : `Primary on ${primary}`
      }, nothing to do here`,
    );
    return "elsewhere";
  }
  const bad = err.style.bad(`${name}: not evicted`);
  if (config.runner === "shell") {
    err.line(`${bad}: its commands are run by a shell, and no target can be masked`);
    err.line("  Next: drbddctl disable --now FILE here, and drbddctl enable FILE when a peer has taken over");
    return "impossible";
  }
  const isAlone = !cluster.get(name)?.connections.some(({ connectionState }) =>
    connectionState === "Connected"
  );
  if (!isAlone || isForced) return undefined;
  err.line(`${bad}: no peer is connected that could take over`);
  err.line(`  Next: drbdadm status ${name}; to stop it all the same: drbddctl evict --force`);
  return "impossible";
}

/** Returns whether a peer, the named one if one is named, has it afterwards; `impossible`: nothing was done. */
async function evictTo(
  config: ResourceConfig,
  cluster: Cluster,
  request: Eviction,
  signal: AbortSignal,
  ctl: Ctl,
): Promise<boolean | "impossible"> {
  const { to } = request;
  const resource = cluster.get(config.name);
  if (to === undefined || resource === undefined) return await evictOne(config.name, request, signal, ctl);
  let transfer: Transfer;
  try {
    transfer = await prepareTransfer(config, resource, { ...request, to }, signal, ctl);
  } catch (error) {
    if (!(error instanceof CtlError)) throw error;
    ctl.err.line(`${ctl.err.style.bad(`${config.name}: not evicted`)}: ${error.message}`);
    if (error.remedy !== undefined) ctl.err.line(`  Next: ${error.remedy}`);
    return "impossible";
  }
  try {
    return await evictOne(config.name, request, signal, ctl, transfer.to);
  } finally {
    await transfer.release();
  }
}

/** Returns whether a peer has it afterwards: `to`, if that is named. */
async function evictOne(
  name: string,
  { delayS, keepMasked }: Eviction,
  signal: AbortSignal,
  ctl: Ctl,
  to?: string,
): Promise<boolean> {
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
  if (signal.aborted && stop.code !== 0) {
    err.line(`${name}: interrupted while its services were stopping`);
    return false;
  }
  if (stop.code !== 0) {
    err.line(`${style.bad(`${name}: not evicted`)}: ${complaintOf(args, stop)}`);
    err.line(`  Next: systemctl status '${target}'`);
    return false;
  }
  err.line(`${name}: its services here are stopped, after ${seconds()} s`);
  const stoppedMs = clock.nowMs();
  const primary = await waitForPeer(name, delayS, signal, ctl);
  if (primary !== undefined && primary !== ctl.effects.nodeName() && to !== undefined && primary !== to) {
    err.line(
      `${style.bad(`${name}: ${primary} took over, not ${to}`)}, ${seconds()} s after the eviction began`,
    );
    err.line(`  Next: drbddctl explain ${name} on ${to}`);
    return false;
  }
  if (primary !== undefined && primary !== ctl.effects.nodeName()) {
    err.line(`${style.good(`${name}: ${primary} took over`)}, ${seconds()} s after the eviction began`);
    return true;
  }
  const outcome = primary === undefined
    ? signal.aborted
      ? "interrupted before a peer took over"
      : `${to ?? "nobody"} ${to === undefined ? "took" : "did not take"} over within ${delayS} s`
    : "still Primary here: something still uses its device";
  err.line(
    `${style.bad(`${name}: ${outcome}`)}; ${
      keepMasked ? "it stays stopped here" : "it is started here again"
    }`,
  );
  if (!keepMasked) await clock.sleep(stoppedMs + UNTIL_STARTED_MS - clock.nowMs(), signal);
  err.line(
    primary === undefined
      ? `  Next: drbddctl explain ${name} on ${to ?? "the peers"}`
      : `  Next: drbdadm status ${name}, and fuser --verbose --mount on what is mounted of it`,
  );
  return false;
}

/** Unmasks the target, and starts it. That has no effect if a peer is Primary. Returns whether it is unmasked. */
async function giveBack(name: string, ctl: Ctl): Promise<boolean> {
  const { err } = ctl;
  const target = targetOf(name);
  const systemctl = new Systemctl(ctl.effects);
  try {
    await unmask(target, systemctl);
  } catch (error) {
    err.line(`${err.style.bad(`${name}: not given back`)}: ${describe(error)}`);
    err.line(`  Next: systemctl status '${target}', drbddctl evict --unmask`);
    return false;
  }
  // Whoever presses Ctrl-C now does not want to wait for the start: systemd does it alone.
  using interrupts = ctl.terminal.interrupts();
  const starting = systemctl.run(["start", target], interrupts.signal);
  await withProgress(ctl, `${name}: free to start here again`, starting);
  const [state] = await systemctl.show([target], ["ActiveState"]);
  err.line(
    state !== undefined && isUp(state)
      ? `${name}: unmasked, and ${state.get("ActiveState")} here again`
      : `${name}: unmasked; it can start here again when no peer has it`,
  );
  return true;
}
