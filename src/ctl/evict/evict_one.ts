/** The eviction of one resource: masks and stops its target, and waits for a peer. */
import { RESTART_BY_SYSTEMD_MS } from "../../../plugins/promoter/decide/state.ts";
import { complaintOf, Systemctl } from "../../../plugins/promoter/systemd/units/systemctl.ts";
import { targetOf } from "../../../plugins/promoter/config/unit_names.ts";
import type { Ctl } from "../cli/ctl.ts";
import { withProgress } from "../cli/progress.ts";
import { mask } from "./mask.ts";
import type { Outcome } from "./outcome.ts";
import { waitForPeer } from "./wait.ts";
import type { Eviction } from "./eviction.ts";

/**
 * Some seconds after a resource became Secondary while its services ran, drbdd stops what still runs. Services that are started
 * before that are stopped with it.
 */
const UNTIL_STARTED_MS = 2 * RESTART_BY_SYSTEMD_MS;

/** It is moved if a peer has it afterwards: `to`, if that is named. */
export async function evictOne(
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
      : `${to ?? "no peer"} ${to === undefined ? "took" : "did not take"} over within ${delayS} s`
    : "still Primary here: something still uses its device";
  const goesOn = keepMasked ? "it stays stopped here" : "it is started here again";
  err.line(`${style.bad(`${name}: ${problem}`)}; ${goesOn}`);
  if (!keepMasked) await clock.sleep(stoppedMs + UNTIL_STARTED_MS - clock.nowMs(), signal);
  const next = primary === undefined
    ? `drbddctl explain ${name} on ${to ?? "the peers"}`
    : `drbdadm status ${name}, and fuser --verbose --mount on what is mounted of it`;
  return failed(problem, next, primary);
}
