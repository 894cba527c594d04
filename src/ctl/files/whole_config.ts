/** The configuration as drbdd would read it after a change, before the change is made. */
import { type Diagnostic, formatDiagnostic } from "../../config/toml/diagnostic.ts";
import type { ConfigFiles as ReadFiles } from "../../config/files.ts";
import { type DaemonConfig, loadConfig } from "../../config/load.ts";
import type { Ctl } from "../cli/ctl.ts";

/** Changed files: the new text, or undefined to remove the file. */
export type Change = ReadonlyMap<string, string | undefined>;

export interface ConfigPreview {
  /** Errors because of the change, each as `FILE:LINE:COLUMN: ...`. */
  readonly newErrors: readonly string[];
  /** Errors without the change. */
  readonly oldErrors: readonly string[];
  /** Warnings because of the change. */
  readonly newWarnings: readonly string[];
  /** All diagnostics of the configuration after the change. */
  readonly diagnostics: readonly Diagnostic[];
  /** Undefined if there are errors. */
  readonly config: DaemonConfig | undefined;
}

export async function previewConfig(change: Change, ctl: Ctl): Promise<ConfigPreview> {
  const before = await read(ctl.effects.files, ctl);
  const after = await read(new ChangedFiles(ctl.effects.files, change), ctl);
  return {
    newErrors: after.errors.filter((text) => !before.errors.includes(text)),
    oldErrors: after.errors.filter((text) => before.errors.includes(text)),
    newWarnings: after.warnings.filter((text) => !before.warnings.includes(text)),
    diagnostics: after.diagnostics,
    config: after.config,
  };
}

async function read(files: ReadFiles, { mainFile, known }: Ctl) {
  const { config, diagnostics } = await loadConfig(await mainFile(), files, { schemas: known.schemas });
  const texts = (severity: string) =>
    diagnostics.filter((each) => each.severity === severity).map(formatDiagnostic);
  return { config, diagnostics, errors: texts("error"), warnings: texts("warning") };
}

/** The file system with the change applied. */
class ChangedFiles implements ReadFiles {
  constructor(readonly files: ReadFiles, readonly change: Change) {}

  readText(path: string): Promise<string> {
    const text = this.change.get(path);
    return text === undefined ? this.files.readText(path) : Promise.resolve(text);
  }

  async list(directory: string): Promise<string[]> {
    const names = new Set(await this.files.list(directory));
    for (const [path, text] of this.change) {
      const slash = path.lastIndexOf("/");
      if (path.slice(0, slash) !== directory.replace(/\/$/, "")) continue;
      if (text === undefined) names.delete(path.slice(slash + 1));
      else names.add(path.slice(slash + 1));
    }
    return [...names];
  }

  stat(path: string) {
    return this.change.get(path) === undefined
      ? this.files.stat(path)
      : Promise.resolve({ isFile: true, isDirectory: false, modifiedMs: 0 });
  }
}
