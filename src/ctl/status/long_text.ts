/** The status as text with all units, for `-v` or a name. */
import { describeResource } from "../../drbd/text/resource_text.ts";
import { isPrimaryUnseen } from "../../health/peers.ts";
import { isFrozen } from "../../health/service_problems.ts";
import { startWords } from "../config/instance_words.ts";
import type { Style } from "../screen/style.ts";
import { problemsOf } from "./health.ts";
import type { PromoterStatus, Report, Unit } from "./report.ts";
import { longSecondaryLines } from "./secondary_text.ts";
import {
  attentionLines,
  badFileLines,
  configurationLines,
  dotOf,
  pluginLines,
  problemLines,
  serviceLines,
  type TextOptions,
  totalsLines,
  withPath,
} from "./text_parts.ts";

/** Whole lines. */
export function longText(report: Report, options: TextOptions): string[] {
  const parts = [
    [...serviceLines(report, options), ...configurationLines(report, options)],
    ...report.promoters.map((each) => promoterLines(each, report, options)),
    ...(report.secondaries ?? []).map((each) => longSecondaryLines(each, report, options)),
    report.plugins.flatMap((each) => pluginLines(each, report, options)),
    report.badFiles.flatMap((file) => badFileLines(file, options)),
    [...totalsLines(report), ...attentionLines(report, options)],
  ];
  return parts.filter((lines) => lines.length > 0).flatMap((lines, place) =>
    place === 0 ? lines : ["", ...lines]
  );
}

function promoterLines(status: PromoterStatus, report: Report, options: TextOptions): string[] {
  const { style, isVerbose } = options;
  const { config, isEnabled, resource, target, dependencies } = status;
  const lines = headLines(status, report, options);
  if (isEnabled && config.runner === "systemd") {
    lines.push(`${dotOf(target.activeState, style)} ${target.name}${noteOf(target, style)}`);
    dependencies.forEach((unit, place) => {
      const branch = style.symbol(place === dependencies.length - 1 ? "last" : "branch");
      lines.push(
        `${dotOf(unit.activeState, style)} ${style.faint(branch)} ${unit.name}${noteOf(unit, style)}`,
      );
    });
  }
  if (isEnabled && config.runner === "shell") {
    const isHere = status.primaryOn === report.node;
    lines.push(`${dotOf(isHere ? "active" : "inactive", style)} commands, run by a shell`);
    const commands = startWords(config);
    commands.forEach((command, place) => {
      const branch = style.symbol(place === commands.length - 1 ? "last" : "branch");
      lines.push(`  ${style.faint(branch)} ${cut(command, options, 5)}`);
    });
  }
  for (const problem of problemsOf(status, report)) lines.push(...problemLines(problem, style));
  if (isVerbose && resource !== undefined) {
    lines.push(`  ${style.faint("DRBD:")} ${describeResource(resource)}`);
  }
  return lines;
}

/** Name, place and file. */
function headLines(status: PromoterStatus, report: Report, options: TextOptions): string[] {
  const { config: { name }, path, isEnabled } = status;
  const { style } = options;
  const [where, painted] = whereWords(status, report, style);
  const disabled = isEnabled ? "" : " (disabled)";
  const width = name.length + 2 + where.length + disabled.length;
  return withPath(`${style.bold(name)}: ${painted}${style.odd(disabled)}`, width, path, options);
}

function whereWords(
  { primaryOn, resource }: PromoterStatus,
  { node, drbdFailure }: Report,
  style: Style,
): readonly [plain: string, painted: string] {
  const words = (text: string, paint: (text: string) => string) => [text, paint(text)] as const;
  if (drbdFailure !== undefined) return words("unknown where it is Primary", (text) => style.bad(text));
  if (primaryOn === node) return words("Primary on this node", (text) => style.good(text));
  if (primaryOn !== undefined) return words(`Primary on ${primaryOn}`, (text) => style.bold(text));
  if (resource === undefined) return words("not there", (text) => style.odd(text));
  const none = isPrimaryUnseen(resource) ? "Primary: none that this node can see" : "Primary nowhere";
  return words(none, (text) => style.odd(text));
}

function noteOf(unit: Unit, style: Style): string {
  const { activeState, freezerState, loadState } = unit;
  const notes: string[] = [];
  if (loadState === "masked") notes.push(style.odd("masked"));
  else if (loadState !== "loaded" && loadState !== "unknown") notes.push(style.bad(loadState));
  if (activeState === "failed") notes.push(style.bad("failed"));
  else if (!/^(active|inactive)$/.test(activeState)) notes.push(style.odd(activeState));
  if (isFrozen(unit)) notes.push(style.paint(freezerState, "bold", "blue"));
  return notes.length === 0 ? "" : ` (${notes.join(", ")})`;
}

function cut(text: string, { columns, style }: TextOptions, indent: number): string {
  const line = text.replaceAll("\n", " ");
  if (columns === undefined || line.length + indent <= columns) return line;
  return line.slice(0, Math.max(1, columns - indent - 1)) + style.symbol("ellipsis");
}
