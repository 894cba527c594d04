import assert from "node:assert/strict";
import fc from "fast-check";
import { cutMiddle, cutText, fitted, harmless, line, span, textOf, widthOf, widthOfSpans } from "./line.ts";

for (
  const [text, width, want] of [
    ["web", 3, "web"],
    ["website", 4, "web…"],
    ["website", 1, "…"],
    ["website", 0, ""],
    ["日本語", 4, "日…"],
    ["日本語", 6, "日本語"],
    ["e\u0301cole", 3, "e\u0301c…"],
  ] as const
) {
  Deno.test(`cutText() makes "${want}" of "${text}" in ${width} columns`, () => {
    assert.equal(cutText(text, width, "…"), want);
  });
}

for (
  const [text, width, want] of [
    ["resource-38", 11, "resource-38"],
    ["resource-38", 8, "reso…-38"],
    ["resource-38", 3, "r…8"],
    ["resource-38", 1, "…"],
  ] as const
) {
  Deno.test(`cutMiddle() makes "${want}" of "${text}" in ${width} columns`, () => {
    assert.equal(cutMiddle(text, width, "…"), want);
  });
}

Deno.test("fitted() keeps tones, fills with blanks, and marks what was cut off", () => {
  const spans = [span("web", "strong"), span(" "), span("UpToDate", "good")];
  assert.deepEqual(fitted(spans, 14, "…"), [...spans, { text: "  ", tone: "plain" }]);
  assert.deepEqual(fitted(spans, 12, "…"), spans);
  assert.equal(textOf({ spans: fitted(spans, 8, "…") }), "web UpT…");
  assert.equal(textOf({ spans: fitted(spans, 4, "…") }), "web…");
  assert.equal(textOf({ spans: fitted(spans, 3, "…") }), "we…");
});

Deno.test("fitted() takes exactly the columns it is given, whatever the text", () => {
  const texts = fc.array(fc.string({ unit: "grapheme", maxLength: 12 }), { maxLength: 5 });
  fc.assert(
    fc.property(texts, fc.integer({ min: 0, max: 40 }), fc.constantFrom("…", ">"), (all, width, ellipsis) => {
      assert.equal(widthOfSpans(fitted(all.map((text) => span(text)), width, ellipsis)), width);
    }),
  );
});

Deno.test("widthOf() counts columns, not characters", () => {
  assert.deepEqual(["web", "日本", "e\u0301", ""].map(widthOf), [3, 4, 1, 0]);
});

Deno.test("escape sequences are shown instead of passed to the terminal", () => {
  assert.equal(harmless("a\x1b[2Jb\nc\x9b"), "a\\x1b[2Jb\\x0ac\\x9b");
  assert.equal(textOf(line("a\x07", span("b\x1b]0;title\x07", "bad"))), "a\\x07b\\x1b]0;title\\x07");
});
