/** The keys of a rule that say what to run, and how: the same for all kinds of objects. */
import * as v from "valibot";
import { described, nonEmpty, pathItem, seconds, wholeNumber } from "../../../src/config/schema/values.ts";
import { isTable } from "../../../src/config/toml/table.ts";

const MAX_DEBOUNCE_MS = 2 ** 31 - 1;
const MAX_CONCURRENT = 10_000;

/** How many commands of a plugin instance run at once by default. */
export const DEFAULT_MAX_CONCURRENT = 64;

export const MAX_CONCURRENT_SCHEMA = wholeNumber(1, MAX_CONCURRENT);

/** Names that an environment variable cannot have. */
const ENVIRONMENT = v.pipe(
  v.record(v.string(), v.string()),
  v.rawCheck(({ dataset, addIssue }) => {
    const table: unknown = dataset.value;
    for (const [name, value] of isTable(table) ? Object.entries(table) : []) {
      const isHoldable = typeof value !== "string" || !value.includes("\0");
      if (name !== "" && !/[=\0]/.test(name) && isHoldable) continue;
      const message = 'a variable with a name, without "=" and NUL characters';
      addIssue({ input: value, received: JSON.stringify(name), message, path: [pathItem(table, name)] });
    }
  }),
);

/** Keys that say what to run, and how. The same for all kinds of rules. */
export const ACTION = {
  "name": v.optional(described(v.string(), "Name of the rule, for the log."), ""),
  "command": described(nonEmpty(), "What to run, by `sh -c`."),
  "env": v.optional(described(ENVIRONMENT, "Further environment variables of the command."), {}),
  "timeout": v.optional(described(
    seconds(1),
    "Kill the command after so many seconds: SIGTERM to all of its processes, SIGKILL five seconds later. No limit if absent.",
  )),
  "max-concurrent": v.optional(described(
    MAX_CONCURRENT_SCHEMA,
    "How many commands of this rule run at once. Others are queued. As many as the plugin may run if absent.",
  )),
  "ordered": v.optional(
    described(v.boolean(), "Run the command for one event of a resource at a time, in the order of events."),
    false,
  ),
  "debounce": v.optional(described(
    wholeNumber(1, MAX_DEBOUNCE_MS),
    "Wait until the rule has not matched for that resource for so many milliseconds; then run once, for the last match.",
  )),
};
