/** The keys of the daemon itself. */
import * as v from "valibot";
import { described, nonEmpty, seconds } from "./values.ts";

export const LOG_LEVELS = ["trace", "debug", "info", "warn", "error", "off"] as const;
export type LogLevel = typeof LOG_LEVELS[number];

export const SANDBOXES = ["ordinary", "minimal"] as const;
export type Sandbox = typeof SANDBOXES[number];

const LEAST_MONITORING_INTERVAL_S = 30;

/** Keys that are valid in the main file only. */
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
        "How often to look for changed snippets, in seconds. drbdd then reports that a reload is needed. " +
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
      "How often to ask DRBD for its counters (bytes written, out of sync and so on), in seconds. Changes of " +
        "state are always reported at once.",
    ),
    60,
  ),
  "sandbox": v.optional(
    described(
      v.picklist(SANDBOXES),
      'Which sandbox permissions drbdd keeps: "ordinary" what any promoter and any umh of a later reload usually ' +
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
        description: "The least important messages to log.",
        enum: LOG_LEVELS,
      }),
      // drbd-reactor accepts levels in upper and lower case.
      v.toLowerCase(),
      v.picklist(LOG_LEVELS),
    ),
    "info",
  ),
  file: v.optional(described(
    nonEmpty(),
    "File to append to; standard error if absent. Reopened at a reload, as logrotate needs.",
  )),
});

/** Where messages go. `file` is absent for standard error. */
export type LogSink = v.InferOutput<typeof LOG_SCHEMA>;

/** `plugins = ["promoter"]` of drbdd's first format: the plugins to start. */
export const PLUGINS_SCHEMA = described(
  v.array(v.string()),
  "Names of the plugins to start, from the first format of drbdd. Without it all that have a table are started.",
);
