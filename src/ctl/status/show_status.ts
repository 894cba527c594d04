/** `drbddctl status` */
import { programEnvironment } from "../../effects/effects.ts";
import { type Ctl, EXIT, PROGRAM } from "../cli/ctl.ts";
import { healthCode } from "./health.ts";
import { statusJson } from "./json.ts";
import { readNodeReport } from "./node_report.ts";
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
 * Returns the exit code for the health. Programs that read the JSON or use drbd-reactorctl treat everything but 0 as a
 * failure: for them it only shows whether DRBD and systemd answered.
 */
export async function showStatus(request: StatusRequest, ctl: Ctl): Promise<number> {
  const { files, resources, isVerbose, isJson } = request;
  const report = await readNodeReport({ files, resources, isTried: isVerbose }, ctl);
  const isReactorctl = ctl.program !== PROGRAM;
  if (isJson) {
    ctl.out.line(JSON.stringify(statusJson(report)));
  } else {
    const options = { style: ctl.out.style, isVerbose, columns: ctl.columns };
    // Users of drbd-reactorctl may expect the units.
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

/** Output of systemctl status for units that are active or failed; it has none for others. */
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
    // It may have none for units that are about to start.
    if (stdout.trim() === "") continue;
    out.line(`\n${out.style.bold(config.name)}:\n${stdout.trimEnd()}`);
  }
}
