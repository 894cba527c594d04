/** `drbddctl check` */
import { type Diagnostic, formatDiagnostic } from "../../config/toml/diagnostic.ts";
import { ConfigFiles } from "../config/config_files.ts";
import { type Ctl, EXIT } from "../cli/ctl.ts";
import { type Line, line, span } from "../screen/line.ts";
import { printLines, symbolsOf } from "../screen/print.ts";
import { wrapped } from "../screen/wrap.ts";
import { type Checked, checkFiles } from "./check_files.ts";
import { checkSystem, type SystemFinding } from "./check_system.ts";

export interface CheckArguments {
  /** If empty: all files that drbdd reads. */
  readonly files: readonly string[];
  /** Unknown keys are warnings, as for the daemon. */
  readonly lenient: boolean;
  readonly system: boolean;
  readonly isJson: boolean;
}

/** Returns the exit code. @throws {CtlError} If a file cannot be found. */
export async function showCheck(
  { files, lenient, system, isJson }: CheckArguments,
  ctl: Ctl,
): Promise<number> {
  const { effects, out, known } = ctl;
  const configPath = await ctl.mainFile();
  const named = files.length === 0
    ? []
    : await (await ConfigFiles.open(effects.files, configPath)).named(files, "any");
  const only = named.map(({ path }) => path);
  const schemas = { schemas: known.schemas };
  const strictness = lenient ? "lenient" : "strict";
  const checked = await checkFiles(effects.files, configPath, only, schemas, strictness);
  const isNodeChecked = system && checked.config !== undefined;
  const findings = system && checked.config !== undefined ? await checkSystem(effects, checked.config) : [];
  const all = [...checked.diagnostics, ...findings];
  const errors = all.filter(({ severity }) => severity === "error").length;
  if (isJson) out.line(JSON.stringify(checkJson(checked, isNodeChecked ? findings : undefined)));
  else {
    const width = ctl.columns ?? Infinity;
    printLines(out, checked.diagnostics.map(diagnosticLine));
    printLines(out, findings.flatMap((finding) => findingLines(finding, width)));
    printLines(out, [summary(ctl, checked.files.length, errors, all.length - errors, isNodeChecked)]);
  }
  if (system && checked.config === undefined) {
    ctl.err.line("drbddctl: this node was not checked, because the configuration has errors");
  }
  return errors > 0 ? EXIT.usage : EXIT.ok;
}

/** `findings` are absent if the node was not checked. */
function checkJson(
  { files, diagnostics }: Checked,
  findings: readonly SystemFinding[] | undefined,
): Record<string, unknown> {
  return {
    files,
    diagnostics: diagnostics.map(({ severity, file, line, column, message }) => ({
      severity,
      file,
      line,
      column,
      message,
    })),
    node: findings?.map(({ severity, about, problem, remedy }) => ({
      severity,
      about,
      problem,
      next: remedy ?? null,
    })) ?? null,
  };
}

function diagnosticLine(diagnostic: Diagnostic): Line {
  const { severity } = diagnostic;
  return line(severityOf(severity), ": ", formatDiagnostic(diagnostic));
}

function severityOf(severity: "error" | "warning") {
  return span(severity, severity === "error" ? "bad" : "warning");
}

function findingLines({ severity, about, problem, remedy }: SystemFinding, width: number): Line[] {
  const head = [severityOf(severity), span(": "), span(about, "strong"), span(": ")];
  return [
    ...wrapped(head, [span(inOneLine(problem))], width),
    ...(remedy === undefined ? [] : wrapped([span("  Next: ", "dim")], [span(remedy)], width)),
  ];
}

/** Messages of programs may have several lines; a line end would be shown as "\\x0a". */
function inOneLine(text: string): string {
  return text.trim().replaceAll(/\s*\n\s*/g, "; ");
}

function summary({ out }: Ctl, files: number, errors: number, warnings: number, system: boolean): Line {
  const symbols = symbolsOf(out);
  const counted = (count: number, what: string) => `${count} ${what}${count === 1 ? "" : "s"}`;
  const where = `${counted(files, "file")}${system ? " and this node" : ""}`;
  const found = errors + warnings === 0 ? "no problems" : [
    ...(errors > 0 ? [counted(errors, "error")] : []),
    ...(warnings > 0 ? [counted(warnings, "warning")] : []),
  ].join(
    ", ",
  );
  const tone = errors > 0 ? "bad" : warnings > 0 ? "warning" : "good";
  const sign = { bad: symbols.critical, warning: symbols.warning, good: symbols.good }[tone];
  return line(span(`${sign} `, tone), `${where}: ${found}`);
}
