/** The forms in which rules can be written, drbd-reactor's among them, from the file to the command. */
import assert from "node:assert/strict";
import { firedBy } from "./support/trials/fired_rules.ts";
import { loadText } from "./support/trials/load_text.ts";
import { RecordedUpdates } from "./support/core/recorded_updates.ts";

const STREAM = [
  "exists resource name:foo role:Secondary suspended:no force-io-failures:no may_promote:yes promotion_score:10101",
  "exists resource name:bar role:Secondary suspended:no force-io-failures:no may_promote:yes promotion_score:10101",
  "exists -",
  "change resource name:bar role:Primary may_promote:no",
  "change resource name:foo role:Primary may_promote:no",
  "change resource name:foo promotion_score:10102",
  "change resource name:foo role:Secondary may_promote:yes",
];

const BECOMES_PRIMARY = ["foo Secondary Primary"];

const FORMS: readonly [name: string, toml: string, want: readonly string[]][] = [
  [
    "a greeting for one resource that becomes Primary",
    `[[umh]]
     [[umh.resource]]
     name = "hello"
     command = "echo hello"
     resource-name = "foo"
     old.role = "Secondary"
     new.role = "Primary"`,
    BECOMES_PRIMARY,
  ],
  [
    "NotEquals as an inline table",
    `[[umh]]
     [[umh.resource]]
     command = "echo hello"
     resource-name = "foo"
     old.role = { operator = "NotEquals", value = "Primary" }
     new.role = "Primary"
     event-type = "Change"`,
    BECOMES_PRIMARY,
  ],
  [
    "NotEquals as dotted keys",
    `[[umh]]
     [[umh.resource]]
     command = "echo hello"
     resource-name = "foo"
     old.role.operator = "NotEquals"
     old.role.value = "Primary"
     new.role = "Primary"`,
    BECOMES_PRIMARY,
  ],
  [
    "Equals in words, and a value without an operator",
    `[[umh]]
     [[umh.resource]]
     command = "echo hello"
     resource-name = { operator = "Equals", value = "foo" }
     old.role = { value = "Secondary" }
     new = { role = "Primary" }`,
    BECOMES_PRIMARY,
  ],
  [
    "tables of their own for old and new",
    `[[umh]]
     [[umh.resource]]
     command = "echo hello"
     resource-name = "foo"
     [umh.resource.old]
     role = "Secondary"
     [umh.resource.new.role]
     operator = "NotEquals"
     value = "Secondary"
     [umh.resource.env]
     GREETING = "hello"`,
    BECOMES_PRIMARY,
  ],
  [
    "everything inline",
    `umh = [{ resource = [{ command = "echo hello", resource-name = "foo", old.role = "Secondary", new.role = "Primary" }] }]`,
    BECOMES_PRIMARY,
  ],
  [
    "one table of umh, not an array",
    `[umh]
     [[umh.resource]]
     command = "echo hello"
     resource-name = "foo"
     new.role = "Primary"
     old.role = "Secondary"`,
    BECOMES_PRIMARY,
  ],
  [
    "the new role alone, which matches every change of a Primary",
    `[[umh]]
     [[umh.resource]]
     command = "echo hello"
     resource-name = "foo"
     new.role = "Primary"`,
    ["foo Secondary Primary", "foo Primary Primary"],
  ],
  [
    "no filter at all",
    `[[umh]]
     [[umh.resource]]
     command = "echo hello"`,
    [
      "bar Unknown Secondary",
      "foo Unknown Secondary",
      "bar Secondary Primary",
      "foo Secondary Primary",
      "foo Primary Primary",
      "foo Primary Secondary",
    ],
  ],
];

for (const [name, toml, want] of FORMS) {
  Deno.test(`umh takes and fires ${name}`, async () => {
    const fired = await firedBy(toml, new RecordedUpdates().read(...STREAM));
    assert.deepEqual([...new Set(fired.map(({ command }) => command))], ["echo hello"]);
    const words = ["DRBD_RES_NAME", "DRBD_OLD_ROLE", "DRBD_NEW_ROLE"];
    assert.deepEqual(fired.map(({ env }) => words.map((word) => env[word]).join(" ")), want);
  });
}

Deno.test("umh refuses an operator of which the value is overwritten by a plain one", async () => {
  const { config, lines } = await loadText(`[[umh]]
[[umh.resource]]
command = "echo hello"
old.role.operator = "NotEquals"
old.role = "Primary"`);
  assert.equal(config, undefined);
  assert.match(lines.join("\n"), /^error 5:/);
});
