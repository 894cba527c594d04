/** Chooses the source of events: daemon or drbdsetup. */
import { describe } from "../../effects/describe.ts";
import { ApiClient, apiPlaceOf } from "../api/api_client.ts";
import type { Ctl } from "../cli/ctl.ts";
import { load } from "../cli/load.ts";
import { observedServices } from "../services/observed_services.ts";
import { apiFeed } from "./api_feed.ts";
import { drbdsetupFeed } from "./drbdsetup_feed.ts";
import type { Feed } from "./feed.ts";

/** drbdd normally answers at once. */
const LIMIT_MS = 2_000;

export interface FeedOptions {
  /** Use drbdsetup, not the daemon. */
  readonly direct: boolean;
  /** How often to read counters from our own drbdsetup. */
  readonly intervalMs: number;
}

export interface ChosenFeed {
  readonly feed: Feed;
  /** Absent if drbdsetup is the source. */
  readonly client: ApiClient | undefined;
  /** Why the daemon is not the source although its configuration has an api. */
  readonly why: string | undefined;
}

/** The api plugin of the daemon, or our own drbdsetup if that is not configured, does not answer, or is not wanted. */
export async function chooseFeed(ctl: Ctl, { direct, intervalMs }: FeedOptions): Promise<ChosenFeed> {
  const { effects } = ctl;
  const { config } = await load(ctl);
  const own = (why?: string): ChosenFeed => ({
    feed: drbdsetupFeed(effects, intervalMs, config && (() => observedServices(config, effects))),
    client: undefined,
    why,
  });
  if (direct) return own();
  const place = config && apiPlaceOf(config);
  if (place === undefined) return own();
  const client = new ApiClient(effects, place);
  const limit = new AbortController();
  const late = new Error(`no answer within ${LIMIT_MS / 1_000} s`);
  const timer = effects.clock.setTimer(LIMIT_MS, () => limit.abort(late));
  try {
    await client.staleReason(limit.signal);
    return { feed: apiFeed(client, effects.clock), client, why: undefined };
  } catch (error) {
    return own(`drbdd does not answer at ${place.name}: ${describe(limit.signal.aborted ? late : error)}`);
  } finally {
    timer.cancel();
  }
}
