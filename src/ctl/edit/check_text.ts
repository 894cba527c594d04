/** Whether a text can be what a file of the configuration says. */
import { type Diagnostic, formatDiagnostic } from "../../config/toml/diagnostic.ts";
import type { Ctl } from "../cli/ctl.ts";
import { contentOfText } from "../config/file_content.ts";
import { type Prospect, prospectOf } from "../files/whole_config.ts";
import type { Wrong } from "./notes.ts";

export interface Checked {
  /** With these the file is not taken. */
  readonly errors: readonly string[];
  /** With these it is, if somebody wants that. */
  readonly warnings: readonly string[];
  /** The same, by place. */
  readonly wrong: Wrong;
  readonly prospect: Prospect;
}

/** A disabled file is held against itself only: the daemon does not read it. */
export async function checkText(path: string, isEnabled: boolean, text: string, ctl: Ctl): Promise<Checked> {
  const own = contentOfText(path, text, ctl.known);
  const prospect = await prospectOf(isEnabled ? new Map([[path, text]]) : new Map(), ctl);
  const here: Diagnostic[] = (isEnabled ? prospect.diagnostics : own.diagnostics).filter(({ file }) =>
    file === path
  );
  if (path !== await ctl.mainFile() && own.instances.length === 0 && here.length === 0) {
    here.push({
      severity: "warning",
      file: path,
      line: 0,
      column: 0,
      message: "No plugin is in this file: drbdd does nothing with it",
    });
  }
  const texts = (severity: string) => here.filter((each) => each.severity === severity).map(formatDiagnostic);
  const others = isEnabled ? prospect.newErrors.filter((each) => !texts("error").includes(each)) : [];
  return {
    errors: [...texts("error"), ...others],
    warnings: texts("warning"),
    wrong: { here, others },
    prospect,
  };
}
