/**
 * Which faults happen to a simulated cluster, and how often. `all` has every kind; the others have few kinds, but those so
 * often that what they lead to, one after the other, is seen in a few seeds.
 */
import {
  ADMIN_FAULTS,
  changeOver,
  disconnect,
  down,
  primary,
  reload,
  restartDrbdd,
  secondary,
  startTarget,
  stopService,
  stopTarget,
} from "./admin.ts";
import { cutDump } from "./dump_faults.ts";
import { type Fault, weighted } from "./fault_schedule.ts";
import {
  breakDrbdsetup,
  breakRun,
  crash,
  failDisk,
  failVolume,
  FAULTS,
  killDrbdd,
  killDrbdsetup,
  reboot,
  serviceDies,
  trouble,
} from "./faults.ts";
import { evictTo, hold } from "./holds.ts";
import { cutLink, losePackets, NETWORK_FAULTS, partition } from "./network_faults.ts";
import { OPTION_FAULTS, quorum, twoPrimaries } from "./option_faults.ts";
import {
  breakSystemctl,
  delayDrbd,
  delaySystemd,
  loseBus,
  loseSignals,
  PROGRAM_FAULTS,
} from "./program_faults.ts";
import { SECONDARY_FAULTS } from "./secondary_faults.ts";
import { startsAreSlow, startsFail, stopsFail } from "./service_faults.ts";
import { cleanRun, maskTarget, revert, UNIT_FAULTS, unmetCondition } from "./unit_faults.ts";

export const FAULT_PROFILES = {
  "all": [
    ...FAULTS,
    ...NETWORK_FAULTS,
    ...PROGRAM_FAULTS,
    ...UNIT_FAULTS,
    ...OPTION_FAULTS,
    ...ADMIN_FAULTS,
  ],
  /** Services die and do not start, on nodes that are well. */
  "services": weighted([8, serviceDies], [2, trouble], [1, crash]),
  /** Short cuts, in which services die of I/O errors. */
  "outages": weighted([5, partition], [3, cutLink], [2, serviceDies], [1, failDisk], [1, failVolume]),
  /** Links lose packets: connections drop now and then, and come back after some tries. */
  "lossy network": weighted([8, losePackets], [2, crash], [2, stopTarget], [2, serviceDies], [1, cutLink], [
    1,
    secondary,
  ]),
  /** The network is cut while services are started, that are to be frozen. */
  "freezes": weighted([6, partition], [3, cutLink], [5, startsAreSlow], [4, stopTarget], [3, crash]),
  /** Drop-ins vanish, and the units have to do without what they say. */
  "drop-ins": weighted(
    [4, revert],
    [3, cleanRun],
    [2, startTarget],
    [2, secondary],
    [2, stopTarget],
    [2, crash],
    [1, restartDrbdd],
    [1, partition],
  ),
  /** systemctl fails, hangs, loses its connection, while much is started and stopped. */
  "programs": weighted(
    [4, loseBus],
    [2, breakSystemctl],
    [1, delaySystemd],
    [3, crash],
    [2, partition],
    [2, stopTarget],
    [2, serviceDies],
  ),
  /** The configuration is read again and again, while services fail. */
  "reloads": weighted([6, reload], [4, serviceDies], [2, crash], [2, stopTarget]),
  /** Nodes come and go, and some cannot take over. */
  "moves": weighted([4, crash], [3, reboot], [4, maskTarget], [2, restartDrbdd], [3, cutLink], [
    1,
    killDrbdd,
  ]),
  /** DRBD's options change, while nodes come and go. */
  "options": weighted([5, quorum], [4, twoPrimaries], [4, partition], [3, crash], [1, secondary]),
  /** A dump of drbdsetup lacks resources. */
  "dumps": weighted([6, cutDump], [2, killDrbdsetup], [2, partition], [1, crash], [1, serviceDies]),
  /** drbdsetup events2 is not running, while services have to be started elsewhere. */
  "blind": weighted([6, breakDrbdsetup], [3, killDrbdsetup], [5, crash], [3, stopTarget]),
  /** Stops fail, and drbdd is restarted meanwhile. */
  "stops": weighted([6, stopsFail], [3, secondary], [6, killDrbdd], [3, partition], [3, stopTarget]),
  /** Stops fail again and again, and nothing else happens. */
  "stuck": weighted([4, stopsFail], [2, stopTarget]),
  /** Mounts that do not go, and a drbdd that is not there when they could. */
  "busy mounts": weighted(
    [6, stopsFail],
    [4, killDrbdd],
    [2, restartDrbdd],
    [3, partition],
    [3, stopTarget],
    [2, secondary],
  ),
  /** Drop-ins vanish and somebody stops what they tied together, while drbdd is away. */
  "ties cut": weighted([5, revert], [3, cleanRun], [6, restartDrbdd], [6, stopTarget], [1, secondary], [
    1,
    crash,
  ]),
  /** DRBD takes its time, and stops become due while it promotes. */
  "late promotions": weighted(
    [5, delayDrbd],
    [4, partition],
    [3, crash],
    [2, stopTarget],
    [2, cutLink],
    [1, failDisk],
  ),
  /** Quorum goes while services are being started. */
  "slow starts": weighted([6, partition], [4, cutLink], [4, crash], [2, failVolume], [2, failDisk]),
  /** Commands that are to be ended cannot be signalled at once. */
  "signals": weighted([8, loseSignals], [6, partition], [4, cutLink], [3, crash]),
  /** Resources are taken down, and come again. */
  "taken down": weighted([8, down], [3, reload], [3, crash], [2, stopTarget], [2, partition], [
    1,
    disconnect,
  ]),
  /** drbdd is stopped, and started again. */
  "exits": weighted([8, restartDrbdd], [2, stopTarget], [2, serviceDies], [1, crash]),
  /** Starts fail once, so that what comes after does not get its turn. */
  "restarts": weighted([6, startsFail], [4, stopTarget], [3, crash], [3, serviceDies]),
  /** systemd starts services again that fail, and what requires them with them. */
  "restarts by systemd": weighted(
    [8, serviceDies],
    [4, startsFail],
    [2, crash],
    [2, partition],
    [1, stopTarget],
    [1, killDrbdd],
  ),
  /** Services are started again, by systemd or somebody, while the others are frozen. */
  "frozen restarts": weighted(
    [6, partition],
    [3, cutLink],
    [8, serviceDies],
    [3, startsAreSlow],
    [2, startTarget],
    [1, crash],
  ),
  /** Services fail where no peer has good data. */
  "alone": weighted([4, crash], [3, failDisk], [6, serviceDies]),
  /** systemctl hangs, while much is to be started and stopped. */
  "hangs": weighted([8, breakSystemctl], [4, crash], [3, stopTarget], [3, secondary], [2, partition]),
  /** Somebody promotes by hand, beside drbdd that comes and goes. */
  "by hand": weighted([6, primary], [3, restartDrbdd], [2, killDrbdd], [3, reload], [2, stopTarget], [
    1,
    stopService,
  ]),
  /** Promotions compete. */
  "races": weighted([4, crash], [4, stopTarget], [4, startTarget], [3, secondary], [2, reboot]),
  /** Resources are put on hold, and evicted to a certain node, while nodes come and go, and services fail. */
  "holds": weighted(
    [9, hold],
    [4, evictTo],
    [3, crash],
    [3, partition],
    [2, failDisk],
    [3, serviceDies],
    [2, restartDrbdd],
    [2, killDrbdd],
    [2, stopTarget],
    [1, startTarget],
    [1, secondary],
    [1, reload],
    [1, reboot],
    [1, cutLink],
  ),
  /** Resources that are not to share a node, while nodes come and go. */
  "apart": weighted([5, crash], [3, reboot], [3, stopTarget], [3, partition], [2, cutLink], [1, killDrbdd], [
    1,
    restartDrbdd,
  ]),
  /** No two nodes are configured alike. */
  "unlike nodes": weighted(
    [5, crash],
    [3, serviceDies],
    [3, partition],
    [3, stopTarget],
    [2, reload],
    [2, restartDrbdd],
    [2, failDisk],
    [1, cutLink],
    [1, killDrbdd],
    [1, secondary],
  ),
  /** Some nodes have a drbdd that knows neither not-with nor holds. */
  "versions": weighted(
    [5, crash],
    [3, hold],
    [3, stopTarget],
    [2, reboot],
    [2, partition],
    [2, serviceDies],
    [1, restartDrbdd],
    [1, cutLink],
  ),
  /** Fifty resources, on nodes that come and go. */
  "fifty resources": weighted(
    [4, crash],
    [3, partition],
    [3, stopTarget],
    [2, serviceDies],
    [2, reload],
    [1, killDrbdd],
    [1, restartDrbdd],
    [1, failDisk],
  ),
  /** Services that run where a resource is Secondary, while nodes come and go, and roles and disks change. */
  "secondaries": SECONDARY_FAULTS,
  /** A drbd-reactor on some nodes, drbdd on others, and nodes that are changed over. */
  "beside drbd-reactor": weighted(
    [5, changeOver],
    [4, crash],
    [2, reboot],
    [4, partition],
    [2, cutLink],
    [3, stopTarget],
    [2, serviceDies],
    [1, failDisk],
    [1, killDrbdd],
  ),
  /** Nothing can be written under /run for a while, and drbdd is restarted after that. */
  "full run": weighted([6, breakRun], [4, killDrbdd], [3, crash], [4, serviceDies], [2, secondary]),
  /** Conditions of units are not met. */
  "conditions": weighted([6, unmetCondition], [3, serviceDies], [2, crash], [2, stopTarget]),
} as const satisfies Readonly<Record<string, readonly Fault[]>>;

export type FaultProfile = keyof typeof FAULT_PROFILES;

export const PROFILES = Object.keys(FAULT_PROFILES) as readonly FaultProfile[];

export function isFaultProfile(name: string): name is FaultProfile {
  return Object.hasOwn(FAULT_PROFILES, name);
}
