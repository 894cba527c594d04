import assert from "node:assert/strict";
import { byteEscapes } from "./byte_escapes.ts";

const found = (text: string) =>
  byteEscapes(text).map(({ line, column, message }) =>
    `${line}:${column} ${message.replace(/, expected.*/, "")}`
  );

Deno.test("an escape of systemd in double quotes is found, with what TOML makes of it", () => {
  assert.deepEqual(found(String.raw`a = ["x", "srv-a\x2db.mount"]`), [
    String.raw`1:11 Escape in double quotes: found \x2d, which is "-" here`,
  ]);
  assert.deepEqual(found(`b = 1\na = """\nb\\x0ac"""\n`), [
    String.raw`2:5 Escape in double quotes: found \x0a, which is "\n" here`,
  ]);
});

Deno.test("where the backslash is meant, or nothing can be read, nothing is found", () => {
  for (
    const text of [
      String.raw`a = 'srv-a\x2db.mount'`,
      String.raw`a = "srv-a\\x2db.mount"`,
      String.raw`# "srv-a\x2db.mount"`,
      `a = '''\necho "\\x2d"\n'''`,
      String.raw`a = ["\x2d"`,
    ]
  ) {
    assert.deepEqual(found(text), [], text);
  }
});
