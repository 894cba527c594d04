/**
 * Writes the JSON Schema of the configuration to example/drbdd.schema.json, for editors that check and complete
 * TOML: those built on Taplo read the line `#:schema URL` at the top of a file. The packages install it where that line leads.
 *
 *     deno task schema            write the file
 *     deno task schema --stdout   print it instead
 */
import { toJsonSchema } from "@valibot/to-json-schema";
import type * as v from "valibot";
import { DAEMON_SCHEMA, LOG_SCHEMA, PLUGINS_SCHEMA } from "../../src/config/schema/daemon_schema.ts";
import { TOOL_TABLE_NAME } from "../../src/config/schema/tool_tables.ts";
import { PLUGIN_SCHEMAS } from "../../plugins/schemas.ts";
import { oneOrMore, withOneFindingEach } from "./schema_choices.ts";
import { withDefinitions } from "./shared_schemas.ts";

type JsonSchema = ReturnType<typeof toJsonSchema>;

/** The JSON Schema of a configuration file, as text. */
export function configurationSchema(): string {
  const schema = {
    $schema: "http://json-schema.org/draft-07/schema#",
    title: "Configuration of drbdd",
    type: "object",
    properties: {
      ...convert(DAEMON_SCHEMA).properties,
      plugins: convert(PLUGINS_SCHEMA),
      log: oneOrMore(
        "log",
        plain(convert(LOG_SCHEMA)),
        "Where messages go. Without any, those of level info to standard error.",
      ),
      ...Object.fromEntries(PLUGIN_SCHEMAS.map(({ name, schema }) => {
        const table = plain(convert(schema));
        return [name, oneOrMore(name, table, table.description ?? "")];
      })),
    },
    ...NO_OTHERS,
  };
  return JSON.stringify(withDefinitions(withOneFindingEach(plain(schema))), null, 2) + "\n";
}

/** What may be written in the file: before any transformation. Checks that are code are not part of it. */
function convert(schema: v.GenericSchema): JsonSchema {
  const json = toJsonSchema(schema, {
    typeMode: "input",
    ignoreActions: ["raw_check", "check", "raw_transform", "transform", "to_lower_case"],
    overrideSchema: ({ valibotSchema }) => valibotSchema.type === "bigint" ? { type: "integer" } : undefined,
  });
  const { $schema: _, ...rest } = json;
  return closed(rest);
}

/** JSON without what JavaScript knows besides. */
function plain(schema: unknown) {
  return JSON.parse(JSON.stringify(schema));
}

/** No keys but those that are listed, and tables of other programs. */
const NO_OTHERS = {
  patternProperties: { [TOOL_TABLE_NAME]: { type: ["object", "array"] } },
  additionalProperties: false,
} as const;

/** Says of every table with known keys that there are no others, so that editors mark them. */
function closed(schema: JsonSchema): JsonSchema {
  return JSON.parse(JSON.stringify(schema), (_key, part: unknown) => {
    const isTable = typeof part === "object" && part !== null && "type" in part && part.type === "object";
    return isTable && "properties" in part ? { ...part, ...NO_OTHERS } : part;
  });
}

const HELP = `Writes the JSON Schema of the configuration to example/drbdd.schema.json.

Usage: deno task schema [--stdout]

  --stdout   print it instead
`;

function main(args: readonly string[]): number {
  const [option] = args;
  if (option === undefined) {
    Deno.writeTextFileSync(
      new URL("../../example/drbdd.schema.json", import.meta.url),
      configurationSchema(),
    );
  } else if (option === "--stdout") {
    Deno.stdout.writeSync(new TextEncoder().encode(configurationSchema()));
  } else {
    Deno.stdout.writeSync(new TextEncoder().encode(HELP));
    return option === "--help" ? 0 : 2;
  }
  return 0;
}

if (import.meta.main) Deno.exit(main(Deno.args));
