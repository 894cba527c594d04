/** Stops services that the promoter no longer manages. */
import { targetOf } from "../../../plugins/promoter/systemd/drop_ins/drop_ins.ts";
import type { ResourceConfig } from "../../../plugins/promoter/config/resource_config.ts";
import type { SecondaryConfig } from "../../../plugins/promoter/config/secondary_config.ts";
import { secondaryTargetOf } from "../../../plugins/promoter/config/unit_names.ts";
import { complaintOf, isUp, Systemctl } from "../../../plugins/promoter/systemd/units/systemctl.ts";
import type { Ctl } from "../cli/ctl.ts";
import { withProgress } from "../cli/progress.ts";
import { runCommand } from "./run_command.ts";

/** Stops the services of each resource, one after the other; first those that run where it is Secondary. Prints failures; returns whether there were none. */
export async function stopServices(
  resources: readonly ResourceConfig[],
  secondaries: readonly SecondaryConfig[],
  ctl: Ctl,
): Promise<boolean> {
  let isGood = true;
  for (const { name } of secondaries) {
    const isStopped = await stopTarget(secondaryTargetOf(name), ctl);
    isGood &&= isStopped;
  }
  for (const resource of resources) {
    const isStopped = resource.runner === "shell"
      ? await runStopCommands(resource.name, resource.stop, ctl)
      : await stopTarget(targetOf(resource.name), ctl);
    isGood &&= isStopped;
  }
  return isGood;
}

async function stopTarget(target: string, ctl: Ctl): Promise<boolean> {
  const { err } = ctl;
  const systemctl = new Systemctl(ctl.effects);
  const [before] = await systemctl.show([target], ["ActiveState"]);
  if (before !== undefined && !isUp(before)) {
    err.line(`${target} is not active here`);
    return true;
  }
  const args = ["stop", target];
  const result = await withProgress(ctl, `Stopping ${target}`, systemctl.run(args));
  if (result.code === 0) {
    err.line(`Stopped ${target}`);
    return true;
  }
  err.line(`${err.style.bad("Not stopped")}: ${complaintOf(args, result)}`);
  err.line(`  Next: systemctl status ${target}, then systemctl stop ${target}`);
  return false;
}

/** Runs all of them even if one fails, like the promoter. */
async function runStopCommands(name: string, commands: readonly string[], ctl: Ctl): Promise<boolean> {
  let isGood = true;
  for (const command of commands) {
    if (await runCommand(name, "stop", command, ctl)) continue;
    isGood = false;
    ctl.err.line(`  Next: fix the reported error, then run it again with DRBD_RESOURCE=${name}`);
  }
  return isGood;
}
