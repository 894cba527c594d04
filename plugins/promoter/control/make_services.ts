/** Creates the services of a resource, for its runner. */
import { mayGoOn } from "../decide/apply_input.ts";
import type { PluginContext } from "../../../src/daemon/plugins/plugin.ts";
import type { DropInFiles } from "../systemd/drop_ins/drop_in_files.ts";
import { dropInsOf } from "../systemd/drop_ins/drop_ins.ts";
import { devicePaths } from "./holders.ts";
import type { ResourceConfig } from "../config/resource_config.ts";
import type { Services } from "./services.ts";
import { ShellServices } from "../shell/shell_services.ts";
import type { State } from "../decide/state.ts";
import { SystemdServices } from "../systemd/systemd_services.ts";

/** `state` includes a resource that exists although events do not show it. */
export function makeServices(
  context: PluginContext,
  dropInFiles: DropInFiles,
  config: ResourceConfig,
  state: () => State,
): Services {
  const { effects, log } = context;
  const isPrimary = () => (context.resource(config.name) ?? state().view)?.role === "Primary";
  if (config.runner === "systemd") {
    const dropIns = () => dropInFiles.host && dropInsOf(config, dropInFiles.host);
    const isKnown = () => !context.stale();
    const [isOurs, hasCutOff] = [() => state().isOurs, () => state().cutOffMs !== undefined];
    return new SystemdServices(effects, log, config, {
      ...{ isPrimary, isKnown, isOurs, hasCutOff, dropIns },
      mayGoOn: () => mayGoOn(state().view),
    });
  }
  const isHeld = () => context.resource(config.name)?.forceIoFailures === true;
  const devices = () => devicePaths(context.resource(config.name));
  return new ShellServices(effects, log, config, isPrimary, isHeld, devices);
}
