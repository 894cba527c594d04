/** What the promoter needs of the sandbox. */
import type { Needs, Program } from "../../src/effects/permissions.ts";
import { UNIT_DIRECTORY } from "./systemd/drop_ins/drop_ins.ts";
import { HOLDS_DIRECTORY, HOLDS_IN_FORCE } from "./hold/hold.ts";
import { FROZEN_STOPS_DIRECTORY } from "./systemd/frozen_stop_mark.ts";
import { MARKS_DIRECTORY } from "./control/start/promotion_mark.ts";
import { isSystemd, type PromoterConfig } from "./config/resource_config.ts";

/** Where drbd-utils have the script by which it is known whether they can demote by force. */
const SCRIPTS = ["/usr/lib/drbd", "/lib/drbd"];
const UNITS_OF_ADMINISTRATOR = "/etc/systemd/system";
/** Where resource agents are. */
const AGENTS = "/usr/lib/ocf";
/** Backing devices that have to appear, and whether control groups can be frozen. */
const LOOKED_AT = ["/dev", "/sys/fs/cgroup"];

/** Of the shell runner. */
const SHELL: readonly Program[] = ["setsid", "sh"];

/** What resources with either runner, and with agents or without, need. */
export const PROMOTER_ORDINARY: Needs = needsWith({ hasShell: true, hasAgents: true });

/** With the shell runner, commands of the administrator are run by a shell, whatever they then do. */
export function promoterNeeds({ resources, secondaries = [] }: PromoterConfig): Needs {
  const hasShell = resources.some(({ runner }) => runner === "shell");
  const systemd = [...resources.filter(isSystemd), ...secondaries];
  const hasAgents = systemd.some(({ start }) => start.some(({ kind }) => kind === "ocf"));
  return needsWith({ hasShell, hasAgents });
}

function needsWith({ hasShell, hasAgents }: { hasShell: boolean; hasAgents: boolean }): Needs {
  const shell = hasShell ? SHELL : [];
  return {
    run: ["drbdadm", "drbdsetup", "fuser", "journalctl", "stat", "systemctl", ...shell],
    read: [
      UNIT_DIRECTORY,
      UNITS_OF_ADMINISTRATOR,
      ...SCRIPTS,
      ...LOOKED_AT,
      MARKS_DIRECTORY,
      FROZEN_STOPS_DIRECTORY,
      HOLDS_DIRECTORY,
      HOLDS_IN_FORCE,
      ...(hasAgents ? [AGENTS] : []),
    ],
    write: [UNIT_DIRECTORY, MARKS_DIRECTORY, FROZEN_STOPS_DIRECTORY, HOLDS_DIRECTORY, HOLDS_IN_FORCE],
  };
}
