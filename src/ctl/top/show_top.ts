/** `drbddctl top`: live on a terminal, one table elsewhere. */
import type { ApiClient } from "../api/api_client.ts";
import { type Ctl, CtlError, EXIT } from "../cli/ctl.ts";
import { chooseFeed, type ChosenFeed } from "../feed/choose_feed.ts";
import type { Decision } from "../feed/feed.ts";
import { paintFor, printLines, symbolsOf } from "../screen/print.ts";
import { type Choice, chosen } from "./state/order.ts";
import { Snapshot } from "./state/snapshot.ts";
import { plainTable } from "./plain.ts";
import type { Sort } from "./state/sorts.ts";
import { runTop } from "./top.ts";

/** A daemon that has just started knows the state within this time, unless drbdsetup fails. */
const KNOWN_WITHIN_MS = 5_000;

export interface TopArguments {
  readonly sort: Sort;
  readonly filter: string;
  readonly once: boolean;
  /** Implies `once`. */
  readonly isJson: boolean;
  readonly direct: boolean;
  /** Seconds. */
  readonly interval: number;
}

/** Returns the exit code. @throws {CtlError} If there is nothing to show. */
export async function showTop(
  { sort, filter, once, isJson, direct, interval }: TopArguments,
  ctl: Ctl,
): Promise<number> {
  const source = await chooseFeed(ctl, { direct, intervalMs: interval * 1_000 });
  const choice: Choice = { sort, isReversed: false, filter, onlyTrouble: false };
  const isLive = !once && !isJson && ctl.out.isTerminal && ctl.terminal.stdinIsTerminal;
  if (!isLive) return await printOnce(ctl, source, choice, isJson);
  const { feed, client } = source;
  await runTop(feed, ctl.terminal, ctl.effects.clock, {
    paint: paintFor(ctl.out),
    symbols: symbolsOf(ctl.out),
    choice,
    decisionsOf: (name) => decisionsOf(client, name),
  });
  return EXIT.ok;
}

async function printOnce(
  ctl: Ctl,
  { feed, why }: ChosenFeed,
  choice: Choice,
  isJson: boolean,
): Promise<number> {
  const snapshot = new Snapshot();
  const over = new AbortController();
  void ctl.effects.clock.sleep(KNOWN_WITHIN_MS, over.signal).then(() => over.abort());
  for await (const message of feed.messages({ resources: true, updates: false }, over.signal)) {
    snapshot.take(message);
    if (message.event === "snapshot-end") break;
    if (message.event === "lost") throw unknown(message.reason);
  }
  over.abort();
  if (snapshot.link.state === "waiting") throw unknown(snapshot.link.reason ?? "no data was received");
  if (why !== undefined) ctl.err.line(`drbddctl: ${why}; drbdsetup was asked`);
  const { link } = snapshot;
  if (link.state === "stale") ctl.err.line(`drbddctl: this may be outdated: ${link.reason}`);
  if (!isJson) {
    for (const { what, next } of snapshot.problems) ctl.err.line(`drbddctl: ${what}\n  Next: ${next}`);
  }
  const resourceRows = chosen(snapshot.resourceRows(), choice);
  if (isJson) {
    const stale = link.state === "stale" ? link.reason : null;
    const resources = resourceRows.map(({ resource }) => resource);
    const { node, problems } = snapshot;
    ctl.out.line(JSON.stringify({ node, source: feed.source, stale, problems, resources }));
  } else printLines(ctl.out, plainTable(resourceRows, symbolsOf(ctl.out)));
  return EXIT.ok;
}

function unknown(reason: string): CtlError {
  return new CtlError(`Cannot read the state of DRBD: ${reason}`, {
    remedy: "drbdadm status shows what DRBD says",
  });
}

/** Never rejects: the snapshot continues without. */
async function decisionsOf(
  client: ApiClient | undefined,
  name: string,
): Promise<readonly Decision[] | undefined> {
  if (client === undefined) return undefined;
  try {
    const path = `/api/v1/resources/${encodeURIComponent(name)}/decisions`;
    return await client.json(path, new AbortController().signal) as readonly Decision[];
  } catch {
    return undefined;
  }
}
