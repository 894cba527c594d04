/** The end of an eviction: the services may run here again. */
import { isUp, Systemctl } from "../../../plugins/promoter/systemd/units/systemctl.ts";
import { targetOf } from "../../../plugins/promoter/config/unit_names.ts";
import { describe } from "../../effects/describe.ts";
import type { Ctl } from "../cli/ctl.ts";
import { withProgress } from "../cli/progress.ts";
import { unmask } from "./mask.ts";
import type { Outcome } from "./outcome.ts";

/** Unmasks the target, and starts it. That has no effect if a peer is Primary. Returns what prevented that. */
export async function unmaskAndStart(name: string, ctl: Ctl): Promise<Partial<Outcome>> {
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
