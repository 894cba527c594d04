/** Disabling files. */
import { ConfigFiles } from "../config/config_files.ts";
import { type Ctl, EXIT } from "../cli/ctl.ts";
import { resourcesIn, secondariesIn, warnOfPrimary } from "../services/managed.ts";
import { stopServices } from "../services/stop_services.ts";
import { apply, consider, isRefused } from "./change.ts";
import { renamings } from "./named_files.ts";

/** With `isNow` the services of the files are stopped as well. Returns the exit code. */
export async function disableFiles(words: readonly string[], isNow: boolean, ctl: Ctl): Promise<number> {
  const { effects: { files }, err } = ctl;
  const config = await ConfigFiles.open(files, await ctl.mainFile());
  const all = await renamings(words, "disabled", config, ctl);
  if (all.length === 0) {
    if (words.length === 0) err.line("There are no enabled files");
    return EXIT.ok;
  }
  const paths = all.map(({ from }) => from);
  const resources = await resourcesIn(paths, ctl);
  const secondaries = await secondariesIn(paths, ctl);
  const preview = await consider(new Map(all.map(({ from }) => [from, undefined])), "Disabling", ctl);
  // The daemon must no longer manage the services when they are stopped, or it would start them again.
  const outcome = await apply(
    async () => {
      for (const { from, to } of all) {
        await files.rename(from, to);
        err.line(`Disabled ${to}`);
      }
    },
    preview,
    ctl,
    { isForced: isNow },
  );
  if (!isNow) {
    await warnOfPrimary(resources, ctl);
    return isRefused(outcome) ? EXIT.failure : EXIT.ok;
  }
  if (isRefused(outcome)) {
    err.line("The services were not stopped: drbdd would start them again");
    return EXIT.failure;
  }
  return await stopServices(resources, secondaries, ctl) ? EXIT.ok : EXIT.failure;
}
