/** systemctl of a simulated node: that of the model of systemd, and masking, as `drbddctl evict` uses it. */
import type { CommandDone } from "../../../tests/simulation/model/commands/commands.ts";
import type { Manager } from "../../../tests/simulation/systemd/manager.ts";
import { systemctl } from "../../../tests/simulation/systemd/systemctl.ts";

/** Runs systemctl. */
export function runSystemctl(manager: Manager, args: readonly string[], done: CommandDone): void {
  const words = args.filter((arg) => !arg.startsWith("--"));
  const [verb = "", ...units] = words;
  if (verb === "mask" || verb === "unmask") {
    for (const unit of units) manager.unit(unit).loadState = verb === "mask" ? "masked" : "loaded";
    return done({ code: 0, stdout: "", stderr: "" });
  }
  systemctl(manager, {
    args: args.filter((arg) => arg !== "--"),
    exit: (code, stdout, stderr) => {
      done({ code, stdout: verb === "show" ? withMasks(manager, units, stdout) : stdout, stderr });
    },
  });
}

/** What is masked is so until the next boot. */
function withMasks(manager: Manager, units: readonly string[], shown: string): string {
  return shown.split("\n\n").map((block, place) => {
    const unit = units[place];
    const isMasked = unit !== undefined && manager.unit(unit).loadState === "masked";
    return isMasked ? block.replace(/^UnitFileState=.*$/m, "UnitFileState=masked-runtime") : block;
  }).join("\n\n");
}
