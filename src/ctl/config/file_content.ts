/** The content of one configuration file. */
import { collectPlugins, type PluginInstance } from "../../config/collect.ts";
import type { Diagnostic } from "../../config/toml/diagnostic.ts";
import { readDocument } from "../../config/toml/document.ts";
import type { Finding } from "../../config/toml/finding.ts";
import { diagnose } from "../../config/toml/report.ts";
import type { Ctl } from "../cli/ctl.ts";

export interface FileContent {
  /** Plugins whose tables are valid. */
  readonly instances: readonly PluginInstance[];
  /** Errors and warnings of this file. */
  readonly diagnostics: readonly Diagnostic[];
}

/** @throws {FileError} If the file cannot be read. */
export async function contentOf(path: string, { effects, known }: Ctl): Promise<FileContent> {
  return contentOfText(path, await effects.files.readText(path), known);
}

/** The same for a text that is, or will be, in the file `path`. */
export function contentOfText(path: string, text: string, known: Ctl["known"]): FileContent {
  const document = readDocument(path, text);
  const findings: Finding[] = [];
  const instances = collectPlugins([document], { schemas: known.schemas }, undefined, findings);
  const faults = document.faults.map((fault): Diagnostic => ({ severity: "error", file: path, ...fault }));
  return { instances, diagnostics: [...faults, ...diagnose(findings)] };
}
