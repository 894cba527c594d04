/** Checks the new text of a configuration file. */
import { type Diagnostic, formatDiagnostic } from "../../config/toml/diagnostic.ts";
import type { Ctl } from "../cli/ctl.ts";
import { contentOfText } from "../config/file_content.ts";
import { type ConfigPreview, previewConfig } from "../files/whole_config.ts";
import type { Wrong } from "./notes.ts";

export interface Checked {
  /** With errors the file is not saved. */
  readonly errors: readonly string[];
  /** With warnings it is saved if confirmed. */
  readonly warnings: readonly string[];
  /** The same, by place. */
  readonly wrong: Wrong;
  readonly preview: ConfigPreview;
}

/** A disabled file is checked alone: the daemon does not read it. */
export async function checkText(path: string, isEnabled: boolean, text: string, ctl: Ctl): Promise<Checked> {
  const own = contentOfText(path, text, ctl.known);
  const preview = await previewConfig(isEnabled ? new Map([[path, text]]) : new Map(), ctl);
  const here: Diagnostic[] = (isEnabled ? preview.diagnostics : own.diagnostics).filter(({ file }) =>
    file === path
  );
  if (path !== await ctl.mainFile() && own.instances.length === 0 && here.length === 0) {
    here.push({
      severity: "warning",
      file: path,
      line: 0,
      column: 0,
      message: "This file has no plugin: it has no effect",
    });
  }
  const texts = (severity: string) => here.filter((each) => each.severity === severity).map(formatDiagnostic);
  const others = isEnabled ? preview.newErrors.filter((each) => !texts("error").includes(each)) : [];
  return {
    errors: [...texts("error"), ...others],
    warnings: texts("warning"),
    wrong: { here, others },
    preview,
  };
}
