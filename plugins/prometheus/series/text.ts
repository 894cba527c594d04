/**
 * The two text formats of Prometheus, 0.0.4 and OpenMetrics 1.0. They differ in what is said of a metric; the lines of
 * its series are the same.
 */
import type { Counter } from "../../../src/drbd/model/counter.ts";
import type { Description } from "./row.ts";

export type Format = "text" | "openMetrics";

export const CONTENT_TYPES: Readonly<Record<Format, string>> = {
  text: "text/plain; version=0.0.4; charset=utf-8",
  openMetrics: "application/openmetrics-text; version=1.0.0; charset=utf-8",
};

/** What ends the output. */
export const ENDINGS: Readonly<Record<Format, string>> = { text: "", openMetrics: "# EOF\n" };

/** What is said of a metric before its series. */
export function headerText({ name, type, help, unit }: Description, format: Format): string {
  if (format === "text") {
    return `# HELP ${name} ${escapeHelp(help)}\n# TYPE ${name} ${type === "unknown" ? "untyped" : type}\n`;
  }
  const family = type === "counter" ? name.replace(/_total$/, "") : name;
  const ofUnit = unit === undefined ? "" : `# UNIT ${family} ${unit}\n`;
  return `# TYPE ${family} ${type}\n${ofUnit}# HELP ${family} ${escapeHelp(help)}\n`;
}

/** `name="value",...`, as it stands between the braces of a series. */
export function labelsText(names: readonly string[], values: readonly (string | number)[]): string {
  return names.map((name, place) => `${name}="${escapeLabel(String(values[place] ?? ""))}"`).join(",");
}

/** One line of a series. `labels` is what stands between its braces. */
export function seriesLine(name: string, labels: string, value: string): string {
  return labels === "" ? `${name} ${value}\n` : `${name}{${labels}} ${value}\n`;
}

/** Counters that a number cannot hold come as bigint, and are written to the last digit. */
export function valueText(value: Counter | boolean): string {
  if (typeof value === "boolean") return value ? "1" : "0";
  if (value === Infinity) return "+Inf";
  return value === -Infinity ? "-Inf" : String(value);
}

export function escapeLabel(value: string): string {
  return /[\\"\n]/.test(value)
    ? value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n")
    : value;
}

function escapeHelp(help: string): string {
  return help.replaceAll("\\", "\\\\").replaceAll("\n", "\\n");
}
