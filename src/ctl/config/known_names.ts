/** Names that completion offers. */
import type { Effects } from "../../effects/effects.ts";
import { DEFAULT_CONTEXT } from "../cli/ctl.ts";
import { contextNames, nodesOf } from "../cluster/context.ts";
import { baseName, ConfigFiles, stem } from "./config_files.ts";
import { configPathFor } from "./config_path.ts";
import type { Hints } from "../cli/hints.ts";

/** Completion runs before the command line is parsed, so `--config` is searched in the words themselves. */
export function hintsFor(args: readonly string[], effects: Effects, otherwise?: string): Hints {
  const { files } = effects;
  return {
    contexts: () => contextNames(effects),
    async nodes() {
      const context = valueOf(args, ["--context"]) ?? DEFAULT_CONTEXT;
      return (await nodesOf({ context, names: [] }, effects)).map(({ name }) => name);
    },
    async resources() {
      const { drbdNow } = await import("../drbd/drbd_now.ts");
      return Array.from(await drbdNow(effects), ({ name }) => name);
    },
    async files(kind) {
      const path = await configPathFor(valueOf(args, ["-c", "--config"]), effects, otherwise);
      const config = await ConfigFiles.open(files, path);
      return (await config.snippets(kind)).map(({ path }) => stem(baseName(path)));
    },
  };
}

/** The value of an option, in one word or two. */
function valueOf(args: readonly string[], names: readonly string[]): string | undefined {
  const place = args.findIndex((arg) => names.includes(arg));
  if (place >= 0) return args[place + 1] || undefined;
  for (const arg of args) {
    const name = names.find((each) => arg.startsWith(`${each}=`));
    if (name !== undefined) return arg.slice(name.length + 1) || undefined;
  }
  return undefined;
}
