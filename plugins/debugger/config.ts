/** Configuration of the debugger. */
import * as v from "valibot";
import { pluginSchema } from "../../src/config/schema/plugin_schema.ts";
import { DEPRECATED_ID, described, nonEmpty } from "../../src/config/schema/values.ts";

export interface DebuggerConfig {
  /** `text`: for people. `json`: one JSON object a line. */
  readonly format: "text" | "json";
  /** Names of the DRBD resources to log; all, if absent. */
  readonly resources: readonly string[] | undefined;
}

export const DEBUGGER_SCHEMA = pluginSchema({
  name: "debugger",
  schema: v.pipe(
    v.object({
      id: DEPRECATED_ID,
      format: v.optional(
        described(
          v.picklist(["text", "json"]),
          "How updates are written: for people, or one JSON object per line.",
        ),
        "text",
      ),
      resources: v.optional(
        described(v.array(nonEmpty()), "Names of the DRBD resources to log. All, if absent."),
      ),
    }),
    v.description("Writes every update to the log, at level debug."),
    v.transform(({ format, resources }): DebuggerConfig => ({ format, resources })),
  ),
});
