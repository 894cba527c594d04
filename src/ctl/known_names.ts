/** Names that completion offers. */
import type { Effects } from "../runtime/effects.ts";
import { DEFAULT_CONFIG } from "../app/arguments.ts";
import { baseName, ConfigFiles, stem } from "./config_files.ts";
import type { Hints } from "./hints.ts";

/** Completion comes before the command line is understood, so the main file is looked for in the words themselves. */
export function hintsFor(args: readonly string[], effects: Effects): Hints {
  const { files } = effects;
  return {
    async resources() {
      const { drbdNow } = await import("./drbd_now.ts");
      return Array.from(await drbdNow(effects), ({ name }) => name);
    },
    async files(kind) {
      const config = await ConfigFiles.open(files, configOf(args));
      return (await config.snippets(kind)).map(({ path }) => stem(baseName(path)));
    },
  };
}

function configOf(args: readonly string[]): string {
  const place = args.findIndex((arg) => arg === "-c" || arg === "--config");
  const joined = args.find((arg) => arg.startsWith("--config="))?.slice("--config=".length);
  return (place < 0 ? joined : args[place + 1]) || DEFAULT_CONFIG;
}
