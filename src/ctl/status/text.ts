/** The status for people. */
import { describeResource } from "../../drbd/resource_text.ts";
import { isPrimaryUnseen } from "../../health/peers.ts";
import type { Problem } from "../../health/problem.ts";
import { isFrozen } from "../../health/service_problems.ts";
import { baseName, stem } from "../config_files.ts";
import { startWords } from "../instance_words.ts";
import type { Style } from "../style.ts";
import { isUp, problemsOf } from "./health.ts";
import type { PluginStatus, PromoterStatus, Report, Unit } from "./report.ts";

export interface TextOptions {
  readonly style: Style;
  readonly isVerbose: boolean;
  /** Width of the terminal; undefined if it is none. */
  readonly columns: number | undefined;
}

/** Whole lines. */
export function statusText(report: Report, options: TextOptions): string[] {
  const parts = [
    [...serviceLines(report, options), ...configurationLines(report, options)],
    ...report.promoters.map((each) => promoterLines(each, report, options)),
    report.plugins.flatMap((each) => pluginLines(each, report, options)),
    report.badFiles.flatMap((file) => badFileLines(file, options)),
    summaryLines(report, options),
  ];
  return parts.filter((lines) => lines.length > 0).flatMap((lines, place) =>
    place === 0 ? lines : ["", ...lines]
  );
}

function serviceLines({ service: { activeState, statusText }, drbdFailure }: Report, { style }: TextOptions) {
  const dot = dotOf(activeState, style);
  const lines = [
    isUp(activeState)
      ? `${dot} drbdd.service${statusText === "" ? "" : `: ${statusText}`}`
      : `${dot} drbdd.service is ${
        style.bad(activeState)
      }: nothing is promoted, and nothing stopped if quorum is lost`,
  ];
  if (!isUp(activeState)) lines.push(next("systemctl start drbdd, or systemctl status drbdd", style));
  if (drbdFailure !== undefined) {
    lines.push(`${style.bad(style.symbol("cross"))} ${drbdFailure}`, next("drbdsetup status", style));
  }
  return lines;
}

/** Of each kind of refusal the first lines: the rest is in `drbddctl check`. */
const MOST_ERRORS = 5;

function configurationLines({ service, configuration }: Report, { style }: TextOptions): string[] {
  if (!isUp(service.activeState) || configuration === undefined || configuration.result === "loaded") {
    return [];
  }
  const { result, errors, loadedMs } = configuration;
  const since = `drbdd uses the one it read ${new Date(loadedMs).toISOString()}`;
  const more = errors.length > MOST_ERRORS ? [`    and ${errors.length - MOST_ERRORS} more`] : [];
  const [why, fix] = result === "errors"
    ? ["its last reload had errors", "fix them (drbddctl check), then drbddctl reload --wait"]
    : ["it takes a restart", "systemctl restart drbdd"];
  return [
    `${style.bad("!")} Configuration not reloaded: ${why}; ${since}`,
    ...errors.slice(0, MOST_ERRORS).map((error) => `    ${error}`),
    ...more,
    next(fix, style),
  ];
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

/** What it is, where it runs, and which file says so. */
function headLines(status: PromoterStatus, report: Report, options: TextOptions): string[] {
  const { config: { name }, path, isEnabled } = status;
  const { style } = options;
  const [where, painted] = whereWords(status, report, style);
  const disabled = isEnabled ? "" : " (disabled)";
  const width = name.length + 2 + where.length + disabled.length;
  return withPath(`${style.bold(name)}: ${painted}${style.odd(disabled)}`, width, path, options);
}

/** Further to the right nobody sees what belongs to a name. */
const WIDEST = 100;

/** The path at the right end of the line, or on one of its own; where nobody counts columns, behind. */
function withPath(text: string, width: number, path: string, { style, columns }: TextOptions): string[] {
  const gap = columns === undefined ? 2 : Math.min(columns, WIDEST) - width - path.length;
  return gap >= 2 ? [`${text}${" ".repeat(gap)}${style.faint(path)}`] : [text, `  ${style.faint(path)}`];
}

function whereWords(
  { primaryOn, resource }: PromoterStatus,
  { node, drbdFailure }: Report,
  style: Style,
): readonly [plain: string, painted: string] {
  const words = (text: string, paint: (text: string) => string) => [text, paint(text)] as const;
  if (drbdFailure !== undefined) return words("not known where it is Primary", (text) => style.bad(text));
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

function problemLines({ what, next: command }: Problem, style: Style): string[] {
  return [`  ${style.bad("!")} ${what}`, `    ${next(command, style).trimStart()}`];
}

function next(command: string, style: Style): string {
  return `  ${style.faint("Next:")} ${command}`;
}

function pluginLines(status: PluginStatus, { service }: Report, options: TextOptions): string[] {
  const { plugin, path, isEnabled, words, answer } = status;
  const { style } = options;
  const state = isEnabled ? service.activeState : "inactive";
  const rest = `${words === "" ? "" : ` ${words}`}${isEnabled ? "" : " (disabled)"}`;
  const text = `${dotOf(state, style)} ${style.bold(plugin)}${rest}`;
  const lines = withPath(text, 2 + plugin.length + rest.length, path, options);
  if (answer === undefined) return lines;
  const outcome = answer === ""
    ? `${style.good(style.symbol("check"))} somebody answers there`
    : `${style.bad(style.symbol("cross"))} nobody answers there: ${answer}`;
  return [...lines, `  ${outcome}`];
}

function badFileLines(
  { path, isEnabled, error }: Report["badFiles"][number],
  { style }: TextOptions,
): string[] {
  const mark = isEnabled ? style.bad(style.symbol("cross")) : style.symbol("empty");
  const option = isEnabled ? "" : "--disabled ";
  return [`${mark} ${error}`, next(`drbddctl edit ${option}${stem(baseName(path))}`, style)];
}

function summaryLines(report: Report, { style, columns }: TextOptions): string[] {
  const { node, plugins, badFiles, drbdFailure } = report;
  if (report.promoters.length === 0) {
    return plugins.length + badFiles.length > 0 ? [] : ["No promoter is configured, and no other plugin."];
  }
  const promoters = report.promoters.filter(({ isEnabled }) => isEnabled);
  const disabled = report.promoters.length - promoters.length;
  const count = (test: (status: PromoterStatus) => boolean) => promoters.filter(test).length;
  const here = count(({ primaryOn }) => primaryOn === node);
  const elsewhere = count(({ primaryOn }) => primaryOn !== undefined && primaryOn !== node);
  const unseen = count(({ resource }) => resource !== undefined && isPrimaryUnseen(resource));
  const nowhere = promoters.length - here - elsewhere - unseen;
  const parts = [`${here} Primary here`, `${elsewhere} elsewhere`];
  if (nowhere > 0) parts.push(`${nowhere} ${drbdFailure === undefined ? "nowhere" : "not known"}`);
  if (unseen > 0) parts.push(`${unseen} with no Primary that this node can see`);
  if (disabled > 0) parts.push(`${disabled} disabled`);
  const total = promoters.length === 1 ? "1 resource" : `${promoters.length} resources`;
  const names = report.promoters.filter((each) => problemsOf(each, report).length > 0)
    .map(({ config }) => config.name);
  const lines = [`${total}: ${parts.join(", ")}`];
  if (names.length > 0) {
    const heading = names.length === 1 ? "1 needs attention:" : `${names.length} need attention:`;
    lines.push(
      `${style.bad(heading)} ${
        listed(names, columns === undefined ? Infinity : columns - heading.length - 1)
      }`,
    );
  }
  return lines;
}

/** As many as there is room for, and at least one. */
function listed(names: readonly string[], width: number): string {
  const all = names.join(", ");
  if (all.length <= width) return all;
  for (let count = names.length - 1; count > 1; count--) {
    const some = `${names.slice(0, count).join(", ")} and ${names.length - count} more`;
    if (some.length <= width) return some;
  }
  return `${names[0]} and ${names.length - 1} more`;
}

/** As systemctl shows it. */
export function dotOf(activeState: string, style: Style): string {
  switch (activeState) {
    case "active":
      return style.good(style.symbol("full"));
    case "reloading":
    case "refreshing":
      return style.good(style.symbol("turning"));
    case "failed":
      return style.bad(style.symbol("cross"));
    case "activating":
    case "deactivating":
      return style.bold(style.symbol("full"));
    default:
      return style.symbol("empty");
  }
}

function cut(text: string, { columns, style }: TextOptions, indent: number): string {
  const line = text.replaceAll("\n", " ");
  if (columns === undefined || line.length + indent <= columns) return line;
  return line.slice(0, Math.max(1, columns - indent - 1)) + style.symbol("ellipsis");
}
