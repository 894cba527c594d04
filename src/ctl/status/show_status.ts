/** `drbddctl status`, done. */
import { programEnvironment } from "../../effects/effects.ts";
import { type Ctl, EXIT, PROGRAM } from "../cli/ctl.ts";
import { healthCode } from "./health.ts";
import { statusJson } from "./json.ts";
import { lookAtNode } from "./look.ts";
import type { Report } from "./report.ts";
import { longText } from "./long_text.ts";
import { shortText } from "./short_text.ts";

export interface StatusRequest {
  readonly files: readonly string[];
  readonly resources: readonly string[];
  readonly isVerbose: boolean;
  readonly isJson: boolean;
}

/** Lines of the journal that systemctl shows of each unit. */
const JOURNAL_LINES = 5;

/**
 * Returns the exit code: how healthy everything is. Programs that read the JSON, and those that know drbd-reactorctl, take
 * everything but 0 for a failure: there it says only whether DRBD and systemd answered.
 */
export async function showStatus(request: StatusRequest, ctl: Ctl): Promise<number> {
  const { files, resources, isVerbose, isJson } = request;
  const report = await lookAtNode({ files, resources, isTried: isVerbose }, ctl);
  const isReactorctl = ctl.program !== PROGRAM;
  if (isJson) {
    ctl.out.line(JSON.stringify(statusJson(report)));
  } else {
    const options = { style: ctl.out.style, isVerbose, columns: ctl.columns };
    // Who knows drbd-reactorctl may look for the units.
    const isLong = isVerbose || isReactorctl || files.length + resources.length > 0;
    const rows = ctl.out.isTerminal ? ctl.terminal.size()?.rows : undefined;
    for (const line of isLong ? longText(report, options) : shortText(report, { ...options, rows })) {
      ctl.out.line(line);
    }
    if (isVerbose) await showUnits(report, ctl);
  }
  if (!isJson && !isReactorctl) return healthCode(report);
  return (report.drbdFailure ?? report.systemdFailure) === undefined ? EXIT.ok : EXIT.failure;
}

/** What systemctl says of each unit that is up or failed: of the others it has nothing to say. */
async function showUnits({ promoters }: Report, ctl: Ctl): Promise<void> {
  const { effects, out } = ctl;
  for (const { config, isEnabled, target, dependencies } of promoters) {
    if (!isEnabled || config.runner === "shell") continue;
    const units = [target, ...dependencies].filter(({ activeState }) => activeState !== "inactive");
    if (units.length === 0) continue;
    const argv = ["systemctl", "status", "--no-pager", `--lines=${JOURNAL_LINES}`, "--"];
    const { stdout } = await effects.processes.run([...argv, ...units.map(({ name }) => name)], {
      env: {
        ...programEnvironment(effects),
        ...(out.style.ability.isColoured ? { SYSTEMD_COLORS: "1" } : {}),
        ...(ctl.columns === undefined ? {} : { COLUMNS: String(ctl.columns) }),
      },
    });
    out.line(`\n${out.style.bold(config.name)}:\n${stdout.trimEnd()}`);
  }
}
