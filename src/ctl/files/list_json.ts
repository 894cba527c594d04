/** `drbddctl ls --json` */
import { hasErrors } from "../../config/toml/diagnostic.ts";
import type { ConfigFile } from "../config/config_files.ts";
import { type Ctl, EXIT } from "../cli/ctl.ts";
import { contentOf } from "../config/file_content.ts";
import { instanceWords } from "../config/instance_words.ts";

/** Prints all files, each with its plugins and errors. Returns the exit code: 1 if a file has errors. */
export async function listJson(files: readonly ConfigFile[], ctl: Ctl): Promise<number> {
  let isGood = true;
  const listed: unknown[] = [];
  for (const { path, isEnabled } of files) {
    const { instances, diagnostics } = await contentOf(path, ctl);
    if (hasErrors(diagnostics)) isGood = false;
    listed.push({
      path,
      enabled: isEnabled,
      plugins: instances.map((instance) => ({
        plugin: instance.plugin,
        holds: instanceWords(instance).filter((words) => words !== ""),
      })),
      errors: diagnostics.filter(({ severity }) => severity === "error").map(({ line, column, message }) => ({
        line,
        column,
        message,
      })),
    });
  }
  ctl.out.line(JSON.stringify({ files: listed }));
  return isGood ? EXIT.ok : EXIT.failure;
}
