/** Observes which services of a resource run until that is known. */
import type { PluginContext } from "../../../src/daemon/plugins/plugin.ts";
import type { Report } from "./report/report.ts";
import { LoggedOnce } from "./report/logged_once.ts";
import type { Services } from "./services.ts";
import type { ObservedServices } from "../decide/state.ts";

const FIND_AGAIN_MS = 5_000;

/** Undefined: not known before the plugin stops or `isOver`. Never rejects. */
export async function findUntilKnown(
  { signal, effects }: PluginContext,
  resource: string,
  services: Services,
  report: Report,
  { isFirst, isOver }: { readonly isFirst: boolean; readonly isOver: () => boolean },
): Promise<ObservedServices | undefined> {
  const said = new LoggedOnce();
  while (!isOver()) {
    try {
      const found = await services.find(isFirst, signal);
      report.health.waits(resource, "services", undefined);
      return found;
    } catch (error) {
      report.cannotFind(resource, error, FIND_AGAIN_MS / 1_000, said);
    }
    if (signal.aborted) return undefined;
    await effects.clock.sleep(FIND_AGAIN_MS, signal);
  }
  return undefined;
}
