/** The keys of the daemon itself. */
import * as v from "valibot";
import { described, nonEmpty, seconds } from "./values.ts";

export const LOG_LEVELS = ["trace", "debug", "info", "warn", "error", "off"] as const;
export type LogLevel = typeof LOG_LEVELS[number];

export const SANDBOXES = ["ordinary", "minimal"] as const;
export type Sandbox = typeof SANDBOXES[number];

const LEAST_MONITORING_INTERVAL_S = 30;

/** Keys that are read in the main file only. */
export const DAEMON_SCHEMA = v.object({
  "snippets": v.optional(described(
    nonEmpty(),
    "Directory of further configuration files. Its *.toml files, sorted by name, are read as if appended to this " +
      "one. A relative path starts at the directory of this file.",
  )),
  "snippets-monitoring-interval": v.optional(
    v.pipe(
      seconds(0),
      v.description(
        "How often to look for changed snippets, in seconds. drbdd then says that a reload is needed. " +
          "At least 30, or 0 for never.",
      ),
      v.check(
        (interval) => interval === 0 || interval >= LEAST_MONITORING_INTERVAL_S || interval < 0,
        `0 (off) or a whole number of at least ${LEAST_MONITORING_INTERVAL_S}`,
      ),
    ),
    120,
  ),
  "statistics-poll-interval": v.optional(
    described(
      seconds(1),
      "How often DRBD is asked for its counters (bytes written, out of sync and such), in seconds. States are " +
        "told at once, whatever this is.",
    ),
    60,
  ),
  "sandbox": v.optional(
    described(
      v.picklist(SANDBOXES),
      'What drbdd keeps of its permissions: "ordinary" is what any promoter and any umh that a reload may bring ordinarily ' +
        'needs; "minimal" only what the configuration needs at the start. Takes effect at a restart.',
    ),
    "ordinary",
  ),
});

/** One `[[log]]`. */
export const LOG_SCHEMA = v.object({
  level: v.optional(
    v.pipe(
      v.string(),
      v.metadata({
        description: "The least important messages to be written.",
        enum: LOG_LEVELS,
      }),
      // drbd-reactor reads levels in whatever case.
      v.toLowerCase(),
      v.picklist(LOG_LEVELS),
    ),
    "info",
  ),
  file: v.optional(described(
    nonEmpty(),
    "File to append to. It is opened again at a reload, as logrotate needs it. Standard error if absent.",
  )),
});

/** Where messages go. `file` is absent for standard error. */
export type LogSink = v.InferOutput<typeof LOG_SCHEMA>;

/** `plugins = ["promoter"]`, of drbdd's first format: the names of the tables to be started. */
export const PLUGINS_SCHEMA = described(
  v.array(v.string()),
  "Names of the plugins to be started, from the first format of drbdd. Without it all are started that have a table.",
);
