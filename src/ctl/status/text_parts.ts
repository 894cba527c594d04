/** Parts of both layouts of the status. */
import { isTooOld, tooOld, unknownState } from "../../health/assess.ts";
import { isPrimaryUnseen } from "../../health/peers.ts";
import { type Problem, SEVERITIES, type Severity, SEVERITY_WORDS } from "../../health/problem.ts";
import { baseName, stem } from "../config/config_files.ts";
import type { Style } from "../screen/style.ts";
import { healthOfPromoter, isUp, problemsOf } from "./health.ts";
import type { PluginStatus, PromoterStatus, Report } from "./report.ts";

export interface TextOptions {
  readonly style: Style;
  readonly isVerbose: boolean;
  /** Width of the terminal; undefined without one. */
  readonly columns: number | undefined;
}

/** drbdd's own service, and sources that did not answer. */
export function serviceLines(report: Report, { style }: TextOptions): string[] {
  const { service: { activeState, statusText }, drbdFailure, systemdFailure, moduleVersion } = report;
  const lines: string[] = [];
  if (isTooOld(moduleVersion)) {
    const { what, next: command } = tooOld(moduleVersion);
    lines.push(`${style.bad(style.symbol("cross"))} ${what}`, next(command, style));
  }
  if (systemdFailure !== undefined) {
    lines.push(
      `${style.bad(style.symbol("cross"))} ${systemdFailure}`,
      next("systemctl is-system-running, as root, on a node that systemd has booted", style),
    );
  } else if (isUp(activeState)) {
    lines.push(`${dotOf(activeState, style)} drbdd.service${statusText === "" ? "" : `: ${statusText}`}`);
  } else {
    lines.push(
      `${dotOf(activeState, style)} drbdd.service is ${
        style.bad(activeState)
      }: nothing is promoted, and nothing stopped if quorum is lost`,
      next("systemctl start drbdd, or systemctl status drbdd", style),
    );
  }
  if (drbdFailure !== undefined) {
    const { what, next: command } = unknownState(drbdFailure, moduleVersion);
    lines.push(`${style.bad(style.symbol("cross"))} ${what}`, next(command, style));
  }
  return lines;
}

/** The first errors; `drbddctl check` prints all. */
const MOST_ERRORS = 5;

export function configurationLines({ service, configuration }: Report, { style }: TextOptions): string[] {
  if (!isUp(service.activeState) || configuration === undefined || configuration.result === "loaded") {
    return [];
  }
  const { result, errors, loadedMs } = configuration;
  const since = `drbdd uses the one it read ${new Date(loadedMs).toISOString()}`;
  const more = errors.length > MOST_ERRORS ? [`    and ${errors.length - MOST_ERRORS} more`] : [];
  const [why, fix] = result === "errors"
    ? ["its last reload had errors", "fix them (drbddctl check), then drbddctl reload --wait"]
    : ["it needs a restart", "systemctl restart drbdd"];
  return [
    `${style.odd("!")} Configuration not reloaded: ${why}; ${since}`,
    ...errors.slice(0, MOST_ERRORS).map((error) => `    ${error}`),
    ...more,
    next(fix, style),
  ];
}

export function pluginLines(status: PluginStatus, { service }: Report, options: TextOptions): string[] {
  const { plugin, path, isEnabled, words, answer } = status;
  const { style } = options;
  const state = isEnabled ? service.activeState : "inactive";
  const rest = `${words === "" ? "" : ` ${words}`}${isEnabled ? "" : " (disabled)"}`;
  const text = `${dotOf(state, style)} ${style.bold(plugin)}${rest}`;
  const lines = withPath(text, 2 + plugin.length + rest.length, path, options);
  if (answer === undefined) return lines;
  const outcome = answer === ""
    ? `${style.good(style.symbol("check"))} answers`
    : `${style.bad(style.symbol("cross"))} does not answer: ${answer}`;
  return [...lines, `  ${outcome}`];
}

export function badFileLines(
  { path, isEnabled, error }: Report["badFiles"][number],
  { style }: TextOptions,
): string[] {
  const mark = isEnabled ? style.bad(style.symbol("cross")) : style.symbol("empty");
  const option = isEnabled ? "" : "--disabled ";
  return [`${mark} ${error}`, next(`drbddctl edit ${option}${stem(baseName(path))}`, style)];
}

/** The number of resources, where they are Primary, and their health; or that there are none. */
export function totalsLines(report: Report): string[] {
  const { node, plugins, badFiles, drbdFailure, secondaries = [] } = report;
  if (report.promoters.length === 0) {
    return plugins.length + badFiles.length + secondaries.length > 0
      ? []
      : ["No promoter is configured, and no other plugin."];
  }
  const promoters = report.promoters.filter(({ isEnabled }) => isEnabled);
  const disabled = report.promoters.length - promoters.length;
  const count = (test: (status: PromoterStatus) => boolean) => promoters.filter(test).length;
  const here = count(({ primaryOn }) => primaryOn === node);
  const elsewhere = count(({ primaryOn }) => primaryOn !== undefined && primaryOn !== node);
  const unseen = count(({ primaryOn, resource }) =>
    primaryOn === undefined && resource !== undefined && isPrimaryUnseen(resource)
  );
  const nowhere = promoters.length - here - elsewhere - unseen;
  const parts = [`${here} Primary here`, `${elsewhere} elsewhere`];
  if (nowhere > 0) parts.push(`${nowhere} ${drbdFailure === undefined ? "nowhere" : "not known"}`);
  if (unseen > 0) parts.push(`${unseen} with no Primary that this node can see`);
  if (disabled > 0) parts.push(`${disabled} disabled`);
  const total = promoters.length === 1 ? "1 resource" : `${promoters.length} resources`;
  return [`${total}: ${parts.join(", ")}${healthWords(report)}`];
}

/** The number of each severity, worst first; empty if all are healthy. */
function healthWords(report: Report): string {
  const severities = report.promoters.map((each) => healthOfPromoter(each, report).severity);
  const words = SEVERITIES.toReversed().flatMap((severity) => {
    const count = severities.filter((each) => each === severity).length;
    return severity === "ok" || count === 0 ? [] : [`${count} ${SEVERITY_WORDS[severity]}`];
  });
  return words.length === 0 ? "" : `; ${words.join(", ")}`;
}

/** Names of the resources with problems; empty if there are none. */
export function attentionLines(report: Report, { style, columns }: TextOptions): string[] {
  const names = report.promoters.filter((each) => problemsOf(each, report).length > 0)
    .map(({ config }) => config.name);
  if (names.length === 0) return [];
  const heading = names.length === 1 ? "1 needs attention:" : `${names.length} need attention:`;
  const room = columns === undefined ? Infinity : columns - heading.length - 1;
  return [`${style.bad(heading)} ${listed(names, room)}`];
}

/** As many as fit, at least one. */
export function listed(names: readonly string[], width: number): string {
  const all = names.join(", ");
  if (all.length <= width) return all;
  for (let count = names.length - 1; count > 1; count--) {
    const some = `${names.slice(0, count).join(", ")} and ${names.length - count} more`;
    if (some.length <= width) return some;
  }
  return `${names[0]} and ${names.length - 1} more`;
}

/** The sign of a severity, as in `top` and `explain`. */
export function signOf(severity: Severity, style: Style): string {
  switch (severity) {
    case "down":
      return style.bad(style.symbol("cross"));
    case "unknown":
      return style.odd("?");
    case "degraded":
      return style.odd("!");
    case "ok":
      return style.good(style.symbol("full"));
  }
}

/** A problem with its sign, and what to do. */
export function problemLines({ severity, what, next: command }: Problem, style: Style): string[] {
  return [`  ${signOf(severity, style)} ${what}`, `    ${next(command, style).trimStart()}`];
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

/** Further to the right, the path would be too far from the name. */
const WIDEST = 100;

/** The path at the right end of the line or on its own line; without a terminal, after the text. */
export function withPath(
  text: string,
  width: number,
  path: string,
  { style, columns }: TextOptions,
): string[] {
  const gap = columns === undefined ? 2 : Math.min(columns, WIDEST) - width - path.length;
  return gap >= 2 ? [`${text}${" ".repeat(gap)}${style.faint(path)}`] : [text, `  ${style.faint(path)}`];
}

export function next(command: string, style: Style): string {
  return `  ${style.faint("Next:")} ${command}`;
}
