/** DRBD options that should be different, although the resource can be managed with them. */
import type { DrbdOptions } from "./drbd_options.ts";
import { protectionOf } from "./protection.ts";

/** An option to warn about. */
export interface OptionRemark {
  readonly option: string;
  readonly found: string;
  readonly expected: string;
  /** The section of the resource's file it belongs in. */
  readonly section: "options" | "net";
}

/** Options that do not suit the policy on quorum loss. Source: drbd-reactor's documentation of its promoter. */
export function remarksOn(options: DrbdOptions, onQuorumLoss: "shutdown" | "freeze"): OptionRemark[] {
  const remarks: OptionRemark[] = [];
  const expect = (
    option: string,
    found: string | undefined,
    expected: string,
    section: "options" | "net" = "options",
  ) => {
    if (found !== undefined && found !== expected) remarks.push({ option, found, expected, section });
  };
  const { by } = protectionOf(options, "");
  const autoPromote = options.autoPromote === undefined ? undefined : options.autoPromote ? "yes" : "no";
  expect("auto-promote", autoPromote, "no");
  if (by !== "fencing") expect("quorum", options.quorum, "majority");
  expect("on-suspended-primary-outdated", options.onSuspendedPrimaryOutdated, "force-secondary");
  if (by !== "quorum") return remarks;
  const reaction = onQuorumLoss === "freeze" ? "suspend-io" : "io-error";
  expect("on-no-quorum", options.onNoQuorum, reaction);
  expect("on-no-data-accessible", options.onNoDataAccessible, reaction);
  if (onQuorumLoss === "freeze") {
    for (const { rrConflict } of options.connections) {
      expect("rr-conflict", rrConflict, "retry-connect", "net");
    }
  }
  return remarks.filter((remark, place) =>
    remarks.findIndex((each) => each.option === remark.option) === place
  );
}
