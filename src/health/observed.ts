/** The input of a health assessment: plain data that the caller has collected. */
import type {
  ConnectionFields,
  DeviceState,
  Path,
  PeerDeviceState,
  ResourceState,
} from "../drbd/model/model.ts";

/** A resource as DRBD has it on this node; a `Resource` of a snapshot is one. */
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
  /** Progress of a resync or verify as DRBD prints it: any text. */
  readonly donePercent?: number | undefined;
  readonly outOfSyncKib?: number | undefined;
  /** For how long a resync has made no progress, once that is a minute. */
  readonly stuckForMs?: number | undefined;
}

/** A unit in systemd's words. */
export interface ObservedUnit {
  readonly name: string;
  /** active, reloading, inactive, failed, activating, deactivating; "unknown" if systemd did not answer. */
  readonly activeState: string;
  /** running, freezing, frozen, thawing; "unknown" where systemd cannot freeze. */
  readonly freezerState: string;
  /** loaded, not-found, masked, bad-setting, error. */
  readonly loadState: string;
  /** It should have started, but a Condition...= or Assert...= was not met. */
  readonly isHeldBack: boolean;
  /** When its state last changed, in milliseconds since 1970; absent where systemd does not say. */
  readonly sinceMs?: number | undefined;
}

/** What has to be there before services can be started. */
export interface StartWait {
  /** As the end of "waiting for ...". */
  readonly what: string;
  /** Milliseconds since 1970. */
  readonly sinceMs: number;
}

/** Starts on this node that failed, one after the other. */
export interface FailedStart {
  /** Of the last one. */
  readonly why: string;
  readonly times: number;
  /** Those that failed in the last one, as far as known. */
  readonly units: readonly string[];
  /** When the first one failed, in milliseconds since 1970. */
  readonly sinceMs: number;
}

/** The services of a resource with a promoter. */
export interface ObservedPromoter {
  /** The file's name, as drbddctl takes it. */
  readonly file: string;
  readonly isEnabled: boolean;
  /** Why the resource has no split-brain protection, if so, and what to do about it. */
  readonly unprotected?: { readonly lack: string; readonly remedy: string } | undefined;
  /** An administrator's hold: "on hold since ..."; absent if there is none. */
  readonly onHold?: string | undefined;
  /** The promoter's phase, and since when, in milliseconds since 1970. Known to the daemon only. */
  readonly phase?: { readonly name: string; readonly sinceMs: number } | undefined;
  /** The missing precondition of starting its services here, if any. */
  readonly waitsFor?: StartWait | undefined;
  /** Why the last start here failed; absent if the services ran since. */
  readonly failedStart?: FailedStart | undefined;
  /** Why systemd did not answer, if so. */
  readonly unknown?: string | undefined;
  /** Absent with the shell runner, of which systemd knows nothing, and if systemd did not answer. */
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
  /** Undefined if the resource is not up on this node, or its state is unknown. */
  readonly resource: ObservedResource | undefined;
  /** Why the state of DRBD is unknown, if so. */
  readonly unknown?: string | undefined;
  /** Why the state may be out of date, if so. */
  readonly stale?: string | undefined;
  /** Node ids of peers for which DRBD called its handler `split-brain`. */
  readonly splitBrainPeers?: readonly number[] | undefined;
  /** Version of the kernel module, as `a.b.c`; absent if unknown. */
  readonly moduleVersion?: string | undefined;
  /** Absent if the resource has no promoter. */
  readonly promoter?: ObservedPromoter | undefined;
}
