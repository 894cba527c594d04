/** Waiting for a peer. */
import type { Ctl } from "../cli/ctl.ts";
import { primaryOn, stateNow } from "../drbd/primary.ts";

const POLL_INTERVAL_MS = 500;

/**
 * Waits until the resource is Primary on another node, or `delayS` are over, or `signal` aborts. On a terminal the seconds are
 * counted down. Returns where it is Primary then.
 */
export async function waitForPeer(
  name: string,
  delayS: number,
  signal: AbortSignal,
  ctl: Ctl,
): Promise<string | undefined> {
  const { effects, err } = ctl;
  const { clock } = effects;
  const node = effects.nodeName();
  const endMs = clock.nowMs() + delayS * 1000;
  const what = `${name}: waiting for a peer to take over`;
  if (!err.isTerminal) err.line(`${what}, at most ${delayS} s`);
  for (;;) {
    // A single failed query is no reason to stop waiting.
    const cluster = await stateNow(ctl, name).catch(() => undefined);
    const primary = cluster === undefined ? node : primaryOn(cluster, name, node);
    const leftMs = endMs - clock.nowMs();
    if (primary !== undefined && primary !== node || leftMs <= 0 || signal.aborted) {
      if (err.isTerminal) err.write("\r\x1b[K");
      return primary;
    }
    if (err.isTerminal) {
      err.write(`\r\x1b[K${what}${err.style.symbol("ellipsis")} ${Math.ceil(leftMs / 1000)} s`);
    }
    await clock.sleep(Math.min(POLL_INTERVAL_MS, leftMs), signal);
  }
}
