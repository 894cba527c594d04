/** Options on command lines, and options of resources that are changed while they are in use. */
import type { QuorumRule, ResourceOptions } from "../config.ts";
import type { ResourceObject } from "../kernel/objects.ts";
import type { Kernel } from "../kernel/transaction.ts";

/** Words and options of a command line; an option without a value has an empty one. */
export function optionsIn(
  args: readonly string[],
): { readonly words: readonly string[]; readonly options: ReadonlyMap<string, string> } {
  const options = new Map<string, string>();
  const words: string[] = [];
  for (const arg of args) {
    const match = /^--([^=]+)(?:=(.*))?$/.exec(arg);
    if (match === null) words.push(arg);
    else options.set(match[1] ?? "", match[2] ?? "");
  }
  return { words, options };
}

const ON_LOSS = ["io-error", "suspend-io"] as const;
const ON_OUTDATED = ["disconnect", "force-secondary"] as const;

function wordOf<Word extends string>(words: readonly Word[], text: string | undefined): Word | undefined {
  return words.find((word) => word === text);
}

function quorumOf(text: string): QuorumRule {
  return wordOf(["off", "majority", "all"] as const, text) ?? Number(text);
}

/** `drbdsetup resource-options`: what changes takes effect at once. */
export function changeOptions(
  kernel: Kernel,
  resource: ResourceObject,
  options: ReadonlyMap<string, string>,
): void {
  const quorum = options.get("quorum");
  const { options: old } = resource;
  const changed: ResourceOptions = {
    ...old,
    onNoQuorum: wordOf(ON_LOSS, options.get("on-no-quorum")) ?? old.onNoQuorum,
    onNoDataAccessible: wordOf(ON_LOSS, options.get("on-no-data-accessible")) ?? old.onNoDataAccessible,
    onSuspendedPrimaryOutdated: wordOf(ON_OUTDATED, options.get("on-suspended-primary-outdated")) ??
      old.onSuspendedPrimaryOutdated,
    quorum: quorum === undefined ? old.quorum : quorumOf(quorum),
    allowTwoPrimaries: options.has("allow-two-primaries")
      ? options.get("allow-two-primaries") === "yes"
      : old.allowTwoPrimaries,
  };
  kernel.change(resource, () => resource.options = changed);
}
