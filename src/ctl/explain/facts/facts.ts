/** The facts about a resource and its services on this node that `explain` draws conclusions from. */
import type { DrbdOptions } from "../../../../plugins/promoter/checks/drbd_options.ts";
import type { Finding } from "../../../../plugins/promoter/checks/preflight.ts";
import type { Hold } from "../../../../plugins/promoter/hold/hold.ts";
import type { ResourceConfig } from "../../../../plugins/promoter/config/resource_config.ts";
import type { SecondaryConfig } from "../../../../plugins/promoter/config/secondary_config.ts";
import type { Missing } from "../../../../plugins/promoter/control/services.ts";
import type { StartRecord } from "../../../daemon/kept/start_file.ts";
import type { Resource } from "../../../drbd/model/model.ts";
import type { ObservedSecondary } from "../../../health/secondary_problems.ts";

/** Something that could be found out, or why it could not. */
export type Known<Value> = { readonly value: Value } | { readonly unknown: string };

export interface Facts {
  readonly name: string;
  /** This node, as `uname -n` prints it. */
  readonly node: string;
  /** Milliseconds since 1970. */
  readonly wallMs: number;
  readonly promoter: Configured | undefined;
  /** A disabled snippet that has the resource, if no enabled file has. */
  readonly disabledFile: string | undefined;
  /** As the kernel has it now; undefined if the resource is not up. */
  readonly resource: Known<Resource | undefined>;
  /** Node ids of peers that the connection was given up with because of a split brain. */
  readonly splitBrainPeers: readonly number[];
  /** Version of the kernel module; undefined if it is not known. */
  readonly moduleVersion: string | undefined;
  readonly options: Known<DrbdOptions>;
  readonly units: Known<Units>;
  /** What is wrong with units of the start list: missing, masked, enabled by themselves ... */
  readonly unitFindings: Known<readonly Finding[]>;
  /** Backing devices that are not there. */
  readonly missingDevices: readonly string[];
  /** Why the files cannot be used: then the configuration is the one that drbdd holds. */
  readonly heldBecause: string | undefined;
  /** Whether a Primary is drbdd's own, where systemd has no unit that says so. */
  readonly isMarked: boolean;
  /** An administrator's hold on this node. */
  readonly hold: Hold | undefined;
  /** Of the resources that it is not to run with, those that are Primary here. */
  readonly beside: readonly string[];
  /** The services that run where it is Secondary; absent if there are none. */
  readonly secondary?: {
    readonly file: string;
    readonly units: Known<Pick<ObservedSecondary, "target" | "units">>;
  };
  readonly daemon: Known<DaemonState>;
  /** What drbdd keeps of starts here. */
  readonly start: StartRecord;
  readonly decisions: Known<Decisions>;
}

export interface Configured {
  readonly file: string;
  readonly config: ResourceConfig;
}

export interface SecondaryConfigured {
  readonly file: string;
  readonly config: SecondaryConfig;
}

/** A unit as systemd has it. */
export interface Unit {
  readonly name: string;
  /** `loaded`, `not-found`, `masked` ... */
  readonly loadState: string;
  /** `active`, `inactive`, `failed` ... */
  readonly activeState: string;
  /** Frozen, or about to be. */
  readonly isFrozen: boolean;
}

/** Of the systemd runner. */
export interface Units {
  readonly target: Unit;
  /** Of the resource: `drbd-promote@`. */
  readonly promotion: Unit;
  /** Of the start list, in order. */
  readonly services: readonly Unit[];
  /** Of the start list, those that did not start though nothing of it failed, each with what held it back. */
  readonly missing: readonly Missing[];
}

export interface DaemonState {
  readonly isRunning: boolean;
  /** Why its state is stale, if it reports that. */
  readonly stale: string | undefined;
}

export interface Decisions {
  /** Oldest first. */
  readonly list: readonly { readonly wallMs: number; readonly text: string }[];
  /** Their source. */
  readonly source: "drbdd" | "the journal";
}
