/** `drbddctl migrate` */
import { formatDiagnostic } from "../../config/toml/diagnostic.ts";
import { describe } from "../../effects/describe.ts";
import { type Ctl, CtlError, EXIT } from "../cli/ctl.ts";
import { type Line, line, span } from "../screen/line.ts";
import { printLines, symbolsOf } from "../screen/print.ts";
import { wrapped } from "../screen/wrap.ts";
import { inspectTargets, keptAs, place, type Placed } from "./apply.ts";
import { type Difference, differencesIn } from "./differences.ts";
import { differencesOn } from "./node_differences.ts";
import { errorsOf, type Plan, planMigration } from "./plan.ts";

export interface MigrateArguments {
  /** The main file of drbd-reactor. */
  readonly from: string;
  readonly dryRun: boolean;
  readonly force: boolean;
}

/** Returns the exit code. @throws {CtlError} If nothing can be written. */
export async function migrate({ from, dryRun, force }: MigrateArguments, ctl: Ctl): Promise<number> {
  const { files } = ctl.effects;
  const plan = await planOf(ctl, from);
  const placed = await inspectTargets(files, plan);
  await printPlan(ctl, plan, placed);
  const errors = errorsOf(plan);
  const inTheWay = placed.filter(({ existing }) => existing === "another").map(({ file }) => file.to);
  if (errors.length > 0 && !force) {
    throw new CtlError(
      `drbdd would refuse this configuration: ${errors.length === 1 ? "1 error" : `${errors.length} errors`}`,
      {
        remedy: "fix them in the files of drbd-reactor first, or use --force and fix them afterwards",
        exitCode: EXIT.usage,
      },
    );
  }
  if (inTheWay.length > 0 && !force) {
    throw new CtlError(`Not overwritten: ${inTheWay.join(", ")}`, {
      remedy: "move them away, or use --force, which keeps them as FILE.before-migrate",
    });
  }
  if (!dryRun) printLines(ctl.out, doneLines(await place(files, placed), placed, ctl));
  printLines(ctl.out, nextLines(dryRun, ctl));
  return EXIT.ok;
}

async function planOf({ effects, ownConfigPath, known }: Ctl, from: string): Promise<Plan> {
  try {
    return await planMigration(effects.files, { from, to: ownConfigPath }, known.schemas);
  } catch (error) {
    throw new CtlError(`Cannot read the configuration of drbd-reactor`, {
      remedy: "if it is elsewhere: drbddctl migrate FILE",
      cause: error,
    });
  }
}

async function printPlan(ctl: Ctl, plan: Plan, placed: readonly Placed[]): Promise<void> {
  const { out, columns } = ctl;
  const width = columns ?? Infinity;
  const { arrow, dot } = symbolsOf(out);
  printLines(out, [
    line(span("Files", "title")),
    ...placed.flatMap(({ file, existing }) => [
      line(`  ${file.from} ${arrow} ${file.to}`, ...remarkOn(existing)),
      ...file.changes.flatMap(({ before, after }) => [
        line(span(`    - ${before}`, "bad")),
        line(span(`    + ${after}`, "good")),
      ]),
    ]),
  ]);
  const { diagnostics, config } = plan.loaded;
  if (diagnostics.length > 0) {
    printLines(out, [
      line(),
      line(span("Diagnostics", "title")),
      ...diagnostics.map((each) =>
        line(
          "  ",
          span(each.severity, each.severity === "error" ? "bad" : "warning"),
          `: ${formatDiagnostic(each)}`,
        )
      ),
    ]);
  }
  const differences = [
    ...(config === undefined ? [] : differencesIn(config)),
    ...await onThisNode(ctl, plan),
  ];
  for (const [kind, title] of TITLES) {
    const texts = differences.filter((each) => each.kind === kind).map(({ text }) => text);
    if (texts.length === 0) continue;
    const head = [span(`  ${dot} `, "dim")];
    printLines(out, [
      line(),
      line(span(title, "title")),
      ...texts.flatMap((text) => wrapped(head, [span(text)], width)),
    ]);
  }
}

const TITLES: readonly (readonly [Difference["kind"], string])[] = [
  ["behaviour", "What will change"],
  ["name", "Renamed"],
  ["manual", "To do by hand"],
];

async function onThisNode({ effects, err }: Ctl, plan: Plan): Promise<Difference[]> {
  try {
    return await differencesOn(effects, plan);
  } catch (error) {
    err.line(`drbddctl: cannot check this node: ${describe(error)}`);
    return [];
  }
}

function remarkOn(existing: Placed["existing"]) {
  switch (existing) {
    case "nothing":
      return [];
    case "the same":
      return [span(" (exists already)", "dim")];
    case "untouched":
      return [span(" (replaces the unmodified file of the package)", "dim")];
    case "another":
      return [span(" (a different file exists)", "warning")];
  }
}

function doneLines(
  written: readonly { readonly to: string }[],
  placed: readonly Placed[],
  { out }: Ctl,
): Line[] {
  const { good } = symbolsOf(out);
  if (written.length === 0) {
    return [line(), line(span(`${good} `, "good"), "Nothing to write: all files exist already")];
  }
  const kept = placed.filter(({ existing }) => existing === "another" || existing === "untouched")
    .map(({ file }) => keptAs(file.to));
  return [
    line(),
    ...written.map(({ to }) => line(span(`${good} `, "good"), `Wrote ${to}`)),
    ...kept.map((path) => line(`  The previous file is kept as ${path}`)),
  ];
}

function nextLines(dryRun: boolean, { ownConfigPath: configPath }: Ctl): Line[] {
  const steps = dryRun ? ["drbddctl migrate"] : [
    configPath === "/etc/drbdd.toml"
      ? "drbddctl check --system"
      : `drbddctl --config ${configPath} check --system`,
    "systemctl disable --now drbd-reactor && systemctl enable --now drbdd",
    "drbddctl status",
  ];
  return [line(), line(span("Next", "title")), ...steps.map((step) => line(`  ${step}`))];
}
