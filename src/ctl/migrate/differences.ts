/** The differences to drbd-reactor that concern this configuration. */
import type { PromoterConfig, ResourceConfig } from "../../../plugins/promoter/config/resource_config.ts";
import { UNIT_DIRECTORY } from "../../../plugins/promoter/systemd/drop_ins/drop_ins.ts";
import type { DaemonConfig } from "../../config/load.ts";

export interface Difference {
  /** `behaviour`: something will work differently. `manual`: to do by hand. `name`: something has another name. */
  readonly kind: "behaviour" | "manual" | "name";
  readonly text: string;
}

/** Differences from the configuration alone. */
export function differencesIn(config: DaemonConfig): Difference[] {
  const resources = config.plugins.flatMap(({ plugin, config }) =>
    plugin === "promoter" ? (config as PromoterConfig).resources : []
  );
  const has = (name: string) => config.plugins.some(({ plugin }) => plugin === name);
  return [
    ...resources.flatMap(differencesOf),
    ...(resources.length === 0 ? [] : ofPromoters()),
    ...(has("umh") ? [ofUmh()] : []),
    ...(has("prometheus") ? [ofPrometheus()] : []),
    ...config.log.flatMap(({ file }) =>
      file === undefined ? [] : [behaviour(`the log is still written to ${file}, in drbdd's own format`)]
    ),
  ];
}

function behaviour(text: string): Difference {
  return { kind: "behaviour", text };
}

function differencesOf(config: ResourceConfig): Difference[] {
  const differences: Difference[] = [];
  const { name } = config;
  if (config.runner === "shell" && config.onStopFailure !== undefined) {
    differences.push(
      behaviour(
        `${name}: on-stop-failure runs after a failed stop, before each new attempt. drbd-reactor ignores it: ` +
          `check whether you still want ${JSON.stringify(config.onStopFailure)}`,
      ),
    );
  }
  if (config.stopServicesOnExit) {
    differences.push(
      behaviour(
        `${name}: stop-services-on-exit stops the services when drbdd exits, and only then; drbd-reactor also stops them when ` +
          "drbdsetup dies, and never with the shell runner",
      ),
    );
  }
  if (config.runner === "shell" && config.start.length > 0) {
    differences.push(
      behaviour(
        `${name}: a stop ends a start command that is still running; drbd-reactor waits for it`,
      ),
    );
  }
  return differences;
}

function ofPromoters(): Difference[] {
  return [
    {
      kind: "name",
      text:
        `drop-ins in ${UNIT_DIRECTORY} are called drbdd.conf and drbdd-50-*.conf, not reactor.conf and reactor-50-*.conf`,
    },
    behaviour(
      "the 20 s between two starts apply per resource, and the next attempt follows at their end",
    ),
    behaviour(
      "quorum loss stops running services at once, and only once; a lost promotion race stops nothing",
    ),
    behaviour("when drbdsetup dies, services keep running; changes are reported when it runs again"),
  ];
}

function ofUmh(): Difference {
  return behaviour(
    "umh: DRBD_VOLUME of peer devices, DRBD_OLD_OPEN, DRBD_NEW_OPEN, DRBD_OLD_CONGESTED and DRBD_NEW_CONGESTED are " +
      "set, as documented by drbd-reactor",
  );
}

function ofPrometheus(): Difference {
  return behaviour(
    "prometheus: only GET and HEAD requests for /metrics and / succeed; drbd-reactor answers every path",
  );
}
