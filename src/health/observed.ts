/** What a health assessment is made from. All of it is plain data: whoever asks has read it before. */
import type {
  ConnectionFields,
  DeviceState,
  Path,
  PeerDeviceState,
  ResourceState,
} from "../drbd/model/model.ts";

/** A resource as DRBD has it on this node. A resource of a snapshot is one. */
export interface ObservedResource extends Pick<ResourceState, "role" | "suspended" | "forceIoFailures"> {
  readonly name: string;
  readonly devices: readonly Pick<DeviceState, "volume" | "diskState" | "client" | "quorum">[];
  readonly connections: readonly Pick<
    ConnectionFields,
    "peerNodeId" | "connName" | "connectionState" | "peerRole"
  >[];
  readonly peerDevices: readonly ObservedPeerDevice[];
  readonly paths: readonly Pick<Path, "peerNodeId" | "established">[];
}

export interface ObservedPeerDevice extends PeerDeviceState {
  /** What a resync or verify has done, as DRBD says: can be anything. */
  readonly donePercent?: number | undefined;
  readonly outOfSyncKib?: number | undefined;
  /** How long a resync has made no progress, once that is a minute. */
  readonly stuckForMs?: number | undefined;
}

/** A unit in systemd's words. */
export interface ObservedUnit {
  readonly name: string;
  /** active, reloading, inactive, failed, activating, deactivating; "unknown" if systemd did not say. */
  readonly activeState: string;
  /** running, freezing, frozen, thawing; "unknown" where systemd cannot freeze. */
  readonly freezerState: string;
  /** loaded, not-found, masked, bad-setting, error. */
  readonly loadState: string;
  /** It was to start, but one of its Condition...= or Assert...= was not met. */
  readonly isHeldBack: boolean;
  /** When its state last changed, in milliseconds since 1970; absent where systemd does not say. */
  readonly sinceMs?: number | undefined;
}

/** What the promoter of a resource has on this node. */
export interface ObservedPromoter {
  /** The file's name as drbddctl takes it. */
  readonly file: string;
  readonly isEnabled: boolean;
  /** Why nothing keeps two nodes from being Primary at once, if nothing does, and what to do about it. */
  readonly unprotected?: { readonly lack: string; readonly remedy: string } | undefined;
  /** What is said of a hold that an administrator put on it: "on hold since ..."; absent if there is none. */
  readonly onHold?: string | undefined;
  /** What the promoter is at, in its own word, and since when, in milliseconds since 1970. Known to the daemon alone. */
  readonly phase?: { readonly name: string; readonly sinceMs: number } | undefined;
  /** What has to be there before its services can be started here, and is not. */
  readonly waitsFor?: string | undefined;
  /** Why the last start here failed; absent if the services ran since. */
  readonly failedStart?: { readonly why: string; readonly times: number } | undefined;
  /** Why systemd did not say how its units are, if it did not. */
  readonly unknown?: string | undefined;
  /** Absent where a shell runs commands, of which systemd knows nothing, and where systemd did not answer. */
  readonly units?:
    | {
      readonly target: ObservedUnit;
      /** The promote unit, then those of the start list. */
      readonly dependencies: readonly ObservedUnit[];
    }
    | undefined;
}

export interface Observed {
  readonly name: string;
  /** Undefined if the resource is not up on this node, or its state is not known. */
  readonly resource: ObservedResource | undefined;
  /** Why the state of DRBD is not known, if it is not. */
  readonly unknown?: string | undefined;
  /** Why what is known may be out of date, if it may. */
  readonly stale?: string | undefined;
  /** Node ids of peers that DRBD ran its helper `split-brain` for. */
  readonly splitBrainPeers?: readonly number[] | undefined;
  /** Version of the kernel module, as `a.b.c`; absent if it is not known. */
  readonly moduleVersion?: string | undefined;
  /** Absent if no promoter manages the resource. */
  readonly promoter?: ObservedPromoter | undefined;
}
