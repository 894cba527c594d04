/** `drbddctl ls`: configuration files and their plugins. */
import { object } from "@optique/core/constructs";
import { multiple, withDefault } from "@optique/core/modifiers";
import { argument, flag } from "@optique/core/primitives";
import type { PluginInstance } from "../../../config/collect.ts";
import { hasErrors } from "../../../config/toml/diagnostic.ts";
import { defineCommand, plain } from "../../cli/command.ts";
import { baseName, type ConfigFile, ConfigFiles, stem } from "../../config/config_files.ts";
import { type Ctl, EXIT } from "../../cli/ctl.ts";
import { word } from "../../cli/hints.ts";
import type { Output } from "../../screen/output.ts";

export const ls = defineCommand({
  name: "ls",
  group: "Configuration",
  brief: "List configuration files and their plugins",
  description: "Lists the files of the configuration, enabled and disabled ones, and the plugins in each.",
  isForCluster: true,
  changesNothing: true,
  args: (hints) =>
    object({
      isDisabled: withDefault(
        flag("--disabled", { description: plain("Only files that are disabled.") }),
        false,
      ),
      isJson: withDefault(flag("--json", { description: plain("One JSON object, for programs.") }), false),
      files: multiple(argument(word("FILE", () => hints.files("any")), {
        description: plain("Only these: absolute paths, or names without directory and ending."),
      })),
    }),
  async run({ isDisabled, isJson, files }, ctl) {
    const config = await ConfigFiles.open(ctl.effects.files, await ctl.mainFile());
    const found = await config.namedOrAll(files, isDisabled ? "disabled" : "any");
    const main = { path: config.main, isEnabled: true };
    const isMainListed = files.length === 0 && !isDisabled;
    let code: number = EXIT.ok;
    const listed = isMainListed ? [main, ...found] : found;
    if (isJson) code = await (await import("../../files/list_json.ts")).listJson(listed, ctl);
    for (const file of isJson ? [] : listed) {
      if (!await list(file, file === main, ctl)) code = EXIT.failure;
    }
    for (const path of config.skipped) {
      ctl.err.line(`${ctl.err.style.odd("warning:")} "${path}" is a link to nothing, ignored`);
    }
    if (found.length === 0 && files.length === 0) ctl.err.line(nothing(config, isDisabled));
    return code;
  },
});

function nothing({ directory, main }: ConfigFiles, isDisabled: boolean): string {
  return directory === undefined
    ? `"${main}" has no snippets directory (key "snippets")`
    : `There are no ${isDisabled ? "disabled files" : "files"} in "${directory}"`;
}

/** Returns false if the file cannot be used. A main file without plugins is not listed. */
async function list({ path, isEnabled }: ConfigFile, isMain: boolean, ctl: Ctl): Promise<boolean> {
  const { contentOf } = await import("../../config/file_content.ts");
  const { out } = ctl;
  const { style } = out;
  const { instances, diagnostics } = await contentOf(path, ctl);
  const isGood = !hasErrors(diagnostics);
  if (isMain && isGood && instances.length === 0) return true;
  const dot = isEnabled ? style.good(style.symbol("full")) : style.symbol("empty");
  const note = isEnabled ? "" : style.faint(" (disabled)");
  out.line(`${isGood ? dot : style.bad(style.symbol("cross"))} ${style.bold(path)}${note}`);
  await describeInstances(instances, out);
  if (isGood) return true;
  const count = diagnostics.filter(({ severity }) => severity === "error").length;
  out.line(
    `    ${style.bad(count === 1 ? "1 error" : `${count} errors`)}, the first: ${diagnostics[0]?.message}`,
  );
  ctl.err.line(`  fix it with: drbddctl edit ${isMain ? path : stem(baseName(path))}`);
  return false;
}

async function describeInstances(
  instances: readonly PluginInstance[],
  out: Output,
): Promise<void> {
  const { instanceWords } = await import("../../config/instance_words.ts");
  for (const instance of instances) {
    for (const words of instanceWords(instance)) {
      out.line(`    ${instance.plugin.padEnd(10)}  ${words}`.trimEnd());
    }
  }
}
