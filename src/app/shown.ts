/** The data of the daemon that the monitor thread shows. */
import type { Daemon } from "../daemon/daemon.ts";
import { concat } from "../drbd/events2/lines.ts";
import { dumpText } from "../drbd/text/dump_text.ts";
import type { Shown } from "../monitor/thread.ts";
import type { Answers, NodeEnvironment, Question } from "../monitor/protocol.ts";

const encoder = new TextEncoder();

export function shownOf(daemon: Daemon, nodeEnvironment: NodeEnvironment): Shown {
  const { journal, health } = daemon;
  const answers: { [Each in Question]: () => Promise<Answers[Each]> } = {
    statistics: () => Promise.resolve(daemon.answers.statistics()),
    nodeIds: () => daemon.answers.nodeIds(),
  };
  return {
    nodeEnvironment,
    get known() {
      return daemon.reader.known;
    },
    staleReason: () => daemon.staleReason(),
    dump: () => concat([encoder.encode(dumpText(daemon.cluster())), daemon.reader.rest]),
    memory: () => ({
      decisions: new Map(journal.resources().map((name) => [name, journal.of(name)])),
      promoters: new Map(health.promoters),
      splitBrains: health.splitBrains,
      moduleVersion: health.moduleVersion,
    }),
    answer: (question) => answers[question](),
    watchCounters: (isWatching) => daemon.watchCounters(isWatching),
  };
}
