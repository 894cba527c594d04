import assert from "node:assert/strict";
import { PLUGIN_SCHEMAS } from "../../../plugins/schemas.ts";
import { contentOfText } from "../config/file_content.ts";
import { templateOf, TYPES } from "./templates.ts";

const known = { schemas: PLUGIN_SCHEMAS, plugins: [] };

for (const type of TYPES) {
  for (const name of ["web", "db-main", "größe+1"]) {
    Deno.test(`templateOf(${type}, "${name}") is a good file with one plugin of its type`, () => {
      const { instances, diagnostics } = contentOfText("/x.toml", templateOf(type, name), known);
      assert.deepEqual(diagnostics, []);
      assert.deepEqual(instances.map(({ plugin }) => plugin), [type]);
    });
  }

  Deno.test(`templateOf(${type}) is still good with all that it suggests`, () => {
    const text = templateOf(type, "web").replaceAll(/^( *)# (?=[\w-]+ = |")/gm, "$1");
    const { diagnostics } = contentOfText("/x.toml", text, known);
    assert.deepEqual(diagnostics, []);
  });
}
