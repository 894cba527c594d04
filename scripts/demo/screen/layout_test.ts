import assert from "node:assert/strict";
import { type Entry, entryLines, screenLines, SEEN, type View, wrap } from "./layout.ts";
import { paintFor, withoutColours } from "./paint.ts";

const PLAIN = paintFor(false, undefined);
const COLOURED = paintFor(true, undefined);

const VIEW: View = {
  title: "drbdd demo   0:12   Ctrl-C ends it",
  pages: "Pages: http://127.0.0.1:9951/ (alpha)",
  table: Array.from({ length: 8 }, (_, place) => `table line ${place} ${"x".repeat(60)}`),
  narration: `alpha loses power, ${"and so on ".repeat(12)}`,
  keys: "[alpha] 1-3 node",
};

function entry(place: number, text = `web: start: reason ${place}`): Entry {
  return { time: `0:${String(place).padStart(2, "0")}`, who: "beta", severity: "info", text };
}

const RECORD = Array.from({ length: 100 }, (_, place) => entry(place));
const SIZES = [{ columns: 80, rows: 24 }, { columns: 100, rows: 50 }, { columns: 160, rows: 40 }];

for (const { columns, rows } of SIZES) {
  Deno.test(`a screen of ${columns} by ${rows} is filled and not left`, () => {
    for (const paint of [PLAIN, COLOURED]) {
      const lines = screenLines(VIEW, RECORD, { columns, rows }, paint);
      assert.equal(lines.length, rows - 1);
      assert.deepEqual(lines.filter((line) => withoutColours(line).length >= columns), []);
    }
    const all = screenLines(VIEW, RECORD, { columns, rows }, PLAIN).join("\n");
    for (const text of [VIEW.title, VIEW.pages, VIEW.keys, "alpha loses power", ...VIEW.table]) {
      assert.ok(all.includes(text), `"${text}" is missing in:\n${all}`);
    }
    assert.match(all, /0:99 beta {2}web: start: reason 99/);
  });
}

Deno.test("on a wide screen the decisions are beside the table, from its first line on", () => {
  const lines = screenLines(VIEW, [entry(1)], { columns: 160, rows: 40 }, PLAIN);
  assert.match(lines[2] ?? "", /^table line 0 .*What drbdd decides/);
  assert.match(lines[3] ?? "", /^table line 1 .*0:01 beta {2}web: start: reason 1$/);
});

for (const size of [{ columns: 80, rows: 10 }, { columns: 60, rows: 30 }, { columns: 200, rows: 23 }]) {
  Deno.test(`a screen of ${size.columns} by ${size.rows} is too small: it says so, and shows its top`, () => {
    const lines = screenLines(VIEW, RECORD, size, PLAIN);
    assert.equal(lines[0], `Cut off: ${size.columns}x${size.rows} here, 80x24 needed`);
    assert.equal(lines[1], VIEW.title);
    assert.equal(lines.length, size.rows - 1);
    assert.deepEqual(lines.filter((line) => line.length >= size.columns), []);
  });
}

Deno.test("a screen that can show nothing has one line at most", () => {
  for (const size of [{ columns: 10, rows: 1 }, { columns: 1, rows: 2 }]) {
    assert.equal(screenLines(VIEW, RECORD, size, PLAIN).length, 1);
  }
});

Deno.test("an entry is wrapped below its own text", () => {
  assert.deepEqual(entryLines(entry(5, "web: stop: quorum is lost"), 30, PLAIN), [
    "0:05 beta  web: stop: quorum",
    "           is lost",
  ]);
});

Deno.test("entries have the colour of what they say", () => {
  const lineOf = (change: Partial<Entry>) => entryLines({ ...entry(1), ...change }, 80, COLOURED)[0] ?? "";
  const { bad, warn, good } = COLOURED;
  const text = "web: start: reason 1";
  assert.ok(lineOf({ severity: "error" }).endsWith(bad(text)));
  assert.ok(lineOf({ severity: "warn" }).endsWith(warn(text)));
  assert.ok(lineOf({ who: SEEN }).endsWith(good(text)));
  assert.ok(lineOf({}).endsWith(text));
});

Deno.test("wrap() breaks between words, and words that are too long", () => {
  assert.deepEqual(wrap("one two three", 7), ["one two", "three"]);
  assert.deepEqual(wrap("abcdefgh", 3), ["abc", "def", "gh"]);
  assert.deepEqual(wrap("", 10), [""]);
  assert.deepEqual(wrap("all of it", Infinity), ["all of it"]);
});

Deno.test("wrap() ends whatever the width: a terminal may say that it has no columns", () => {
  assert.deepEqual([0, -5].map((columns) => wrap("ab c", columns).join("|")), ["a|b|c", "a|b|c"]);
});
