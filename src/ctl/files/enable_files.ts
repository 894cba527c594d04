/** Enabling files that are disabled. */
import { ConfigFiles } from "../config/config_files.ts";
import { type Ctl, EXIT } from "../cli/ctl.ts";
import { apply, consider, isRefused } from "./change.ts";
import { renamings } from "./named_files.ts";

/** Returns the exit code. */
export async function enableFiles(words: readonly string[], ctl: Ctl): Promise<number> {
  const { effects: { files }, err } = ctl;
  const config = await ConfigFiles.open(files, await ctl.mainFile());
  const all = await renamings(words, "enabled", config, ctl);
  if (all.length === 0) {
    if (words.length === 0) err.line("There are no disabled files");
    return EXIT.ok;
  }
  const change = new Map<string, string>();
  for (const { from, to } of all) change.set(to, await files.readText(from));
  const preview = await consider(change, all.map(({ to }) => `Enabling "${to}"`).join(", "), ctl);
  const outcome = await apply(
    async () => {
      for (const { from, to } of all) {
        await files.rename(from, to);
        err.line(`Enabled ${to}`);
      }
    },
    preview,
    ctl,
  );
  return isRefused(outcome) ? EXIT.failure : EXIT.ok;
}
