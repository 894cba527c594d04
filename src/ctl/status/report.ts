/** The data of `drbddctl status`. */
import type { Hold } from "../../../plugins/promoter/hold/hold.ts";
import type { Protection } from "../../../plugins/promoter/checks/protection.ts";
import type { ResourceConfig } from "../../../plugins/promoter/config/resource_config.ts";
import type { Address } from "../../config/schema/address.ts";
import type { ConfigStatus } from "../../daemon/status/config_status.ts";
import type { StartRecord } from "../../daemon/kept/start_file.ts";
import type { Resource } from "../../drbd/model/model.ts";

/** A unit in systemd's words. */
export interface Unit {
  readonly name: string;
  /** active, reloading, inactive, failed, activating, deactivating; "unknown" if systemd does not report it. */
  readonly activeState: string;
  /** running, freezing, frozen, thawing; "unknown" if systemd cannot freeze. */
  readonly freezerState: string;
  /** loaded, not-found, masked, bad-setting, error. */
  readonly loadState: string;
  /** Not started because one of its Condition...= or Assert...= was not met. */
  readonly isHeldBack: boolean;
}

/** A DRBD resource that a promoter manages, or would if its file were enabled. */
export interface PromoterStatus {
  readonly config: ResourceConfig;
  readonly path: string;
  readonly isEnabled: boolean;
  /** The node where it is Primary; undefined if none or unknown. */
  readonly primaryOn: string | undefined;
  /** As DRBD has it on this node; undefined if it does not, or could not be read. */
  readonly resource: Resource | undefined;
  /** Node ids of peers disconnected because of a split brain. */
  readonly splitBrainPeers: readonly number[];
  /** The split-brain protection; undefined if unknown. */
  readonly protection: Protection | undefined;
  /** The hold on this node, if any. */
  readonly hold?: Hold | undefined;
  /** What drbdd keeps of starts here. */
  readonly start?: StartRecord | undefined;
  readonly target: Unit;
  /** The promote unit, then the units of the start list. For the shell runner the promote unit only. */
  readonly dependencies: readonly Unit[];
}

/** Services that run where a DRBD resource is Secondary, or would if their file were enabled. */
export interface SecondaryStatus {
  readonly name: string;
  readonly path: string;
  readonly isEnabled: boolean;
  /** As DRBD has it on this node; undefined if it does not, or could not be read. */
  readonly resource: Resource | undefined;
  readonly target: Unit;
  /** Of the start list. */
  readonly units: readonly Unit[];
}

/** A plugin that is no promoter. */
export interface PluginStatus {
  readonly plugin: string;
  readonly path: string;
  readonly isEnabled: boolean;
  /** A short description; may be empty. */
  readonly words: string;
  /** The address where it listens, or to which it connects. */
  readonly address: Address | undefined;
  /** Result of the test of the address: undefined if not tested, "" if it answers, otherwise why not. */
  readonly answer: string | undefined;
}

export interface Report {
  /** The name of this node. */
  readonly node: string;
  readonly service: { readonly activeState: string; readonly statusText: string };
  /** The daemon's record of its last reload; undefined if unknown. */
  readonly configuration: ConfigStatus | undefined;
  /** Why the state of DRBD is unknown, if it is. */
  readonly drbdFailure: string | undefined;
  /** Version of the kernel module; undefined if unknown. */
  readonly moduleVersion: string | undefined;
  /** Why the state of services is unknown, if systemd does not answer. */
  readonly systemdFailure: string | undefined;
  readonly promoters: readonly PromoterStatus[];
  /** Absent if there are none. */
  readonly secondaries?: readonly SecondaryStatus[];
  readonly plugins: readonly PluginStatus[];
  /** Files with errors, each with its first error and position. */
  readonly badFiles: readonly {
    readonly path: string;
    readonly isEnabled: boolean;
    readonly error: string;
  }[];
}
