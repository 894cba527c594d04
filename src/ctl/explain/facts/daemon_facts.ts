/** What the daemon knows of a resource: from its API or, if there is none, from systemd and the journal. */
import { Systemctl } from "../../../../plugins/promoter/systemd/units/systemctl.ts";
import type { DaemonConfig } from "../../../config/load.ts";
import { readDecisions } from "../../../daemon/kept/decision_file.ts";
import type { Effects } from "../../../effects/effects.ts";
import { ApiClient, ApiError, apiPlaceOf } from "../../api/api_client.ts";
import type { Decision } from "../../feed/feed.ts";
import { DAEMON_UNIT } from "../../cli/ctl.ts";
import type { DaemonState, Decisions, Known } from "./facts.ts";
import { journalDecisions } from "./journal_decisions.ts";
import { ANSWER_WITHIN_MS, known } from "./known.ts";

/** The daemon itself knows best; where it cannot be asked there are systemd, what it keeps in /run, and the journal. */
export async function askDaemon(
  effects: Effects,
  config: DaemonConfig,
  name: string,
): Promise<{ daemon: Known<DaemonState>; decisions: Known<Decisions> }> {
  const place = apiPlaceOf(config);
  const answer = place === undefined
    ? undefined
    : await known(effects, () => askApi(effects, new ApiClient(effects, place), name));
  if (answer !== undefined && "value" in answer) return answer.value;
  const kept = (await readDecisions(effects)).get(name);
  const [daemon, decisions] = await Promise.all([
    known(effects, () => askSystemd(effects)),
    kept === undefined
      ? known(effects, () => journalDecisions(effects, name))
      : { value: { list: kept, source: "drbdd" } } as const,
  ]);
  return { daemon, decisions };
}

async function askApi(effects: Effects, client: ApiClient, name: string) {
  const limit = new AbortController();
  const timer = effects.clock.setTimer(
    ANSWER_WITHIN_MS,
    () => limit.abort(new Error("drbdd does not answer")),
  );
  try {
    const [list, stale] = await Promise.all([
      apiDecisions(client, name, limit.signal),
      client.staleReason(limit.signal),
    ]);
    return {
      daemon: { value: { isRunning: true, stale } },
      decisions: { value: { list, source: "drbdd" } },
    } as const;
  } finally {
    timer.cancel();
  }
}

/** Of what drbdd does not know nothing was decided. */
async function apiDecisions(
  client: ApiClient,
  name: string,
  signal: AbortSignal,
): Promise<Decisions["list"]> {
  try {
    const list = await client.json(`/api/v1/resources/${encodeURIComponent(name)}/decisions`, signal);
    return (list as readonly Decision[]).map(({ time, text }) => ({ wallMs: Date.parse(time), text }));
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return [];
    throw error;
  }
}

async function askSystemd(effects: Effects): Promise<DaemonState> {
  const [state] = await new Systemctl(effects).show([DAEMON_UNIT], ["ActiveState"]);
  const active = state?.get("ActiveState");
  return { isRunning: active === "active" || active === "reloading", stale: undefined };
}
