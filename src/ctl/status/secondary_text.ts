/** Services that run where a resource is Secondary, in the status as text. */
import { secondaryPlace } from "../../health/secondary_problems.ts";
import type { Style } from "../screen/style.ts";
import { secondaryProblemsOf } from "./health.ts";
import type { Report, SecondaryStatus } from "./report.ts";
import { dotOf, problemLines, type TextOptions, withPath } from "./text_parts.ts";

/** A line for each, and its problems. */
export function shortSecondaryLines(report: Report, { style }: TextOptions): string[] {
  return (report.secondaries ?? []).flatMap((status) => [
    `${dotOf(status.target.activeState, style)} ${headOf(status, report, style)}`,
    ...secondaryProblemsOf(status, report).flatMap((each) => problemLines(each, style)),
  ]);
}

/** With all units. */
export function longSecondaryLines(status: SecondaryStatus, report: Report, options: TextOptions): string[] {
  const { style } = options;
  const { target, units, path, isEnabled } = status;
  const head = headOf(status, report, style);
  const plain = headOf(status, report, undefined);
  if (!isEnabled) return withPath(head, plain.length, path, options);
  return [
    ...withPath(head, plain.length, path, options),
    `${dotOf(target.activeState, style)} ${target.name}`,
    ...units.map((unit, place) => {
      const branch = style.symbol(place === units.length - 1 ? "last" : "branch");
      return `${dotOf(unit.activeState, style)} ${style.faint(branch)} ${unit.name}`;
    }),
    ...secondaryProblemsOf(status, report).flatMap((each) => problemLines(each, style)),
  ];
}

function headOf(status: SecondaryStatus, { systemdFailure }: Report, style: Style | undefined): string {
  const { name, isEnabled } = status;
  const place = !isEnabled ? "disabled" : systemdFailure === undefined ? secondaryPlace(status) : "not known";
  return `${style === undefined ? name : style.bold(name)} (when Secondary): ${place}`;
}
