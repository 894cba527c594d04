import assert from "node:assert/strict";
import type { Counter } from "../../../src/drbd/model/counter.ts";
import type { Description } from "./row.ts";
import { escapeLabel, headerText, labelsText, seriesLine, valueText } from "./text.ts";

const VALUES: readonly { name: string; value: Counter | boolean; want: string }[] = [
  { name: "true as 1", value: true, want: "1" },
  { name: "false as 0", value: false, want: "0" },
  { name: "numbers", value: 10102, want: "10102" },
  { name: "fractions", value: 0.1234, want: "0.1234" },
  { name: "negative numbers", value: -1048576, want: "-1048576" },
  {
    name: "counters that no number can hold, to the last digit",
    value: 2n ** 53n + 1n,
    want: "9007199254740993",
  },
  { name: "the largest counter in bytes", value: (2n ** 64n - 1n) * 1024n, want: "18889465931478580853760" },
  { name: "infinity", value: Infinity, want: "+Inf" },
  { name: "negative infinity", value: -Infinity, want: "-Inf" },
  { name: "what is no number", value: NaN, want: "NaN" },
];

for (const { name, value, want } of VALUES) {
  Deno.test(`valueText() writes ${name}`, () => assert.equal(valueText(value), want));
}

const LABELS: readonly { name: string; value: string; want: string }[] = [
  { name: "leaves ordinary names alone", value: "web-01.example+a_b", want: "web-01.example+a_b" },
  { name: "escapes quotes", value: 'a"b"', want: 'a\\"b\\"' },
  { name: "escapes backslashes first", value: "a\\n", want: "a\\\\n" },
  { name: "escapes newlines", value: "a\nb\n", want: "a\\nb\\n" },
  { name: "keeps other characters", value: "ä{},= \t☃", want: "ä{},= \t☃" },
];

for (const { name, value, want } of LABELS) {
  Deno.test(`escapeLabel() ${name}`, () => assert.equal(escapeLabel(value), want));
}

Deno.test("labelsText() puts names and values together, escaped", () => {
  assert.equal(labelsText(["name", "volume"], ['w"eb', 0]), 'name="w\\"eb",volume="0"');
  assert.equal(labelsText([], []), "");
});

Deno.test("seriesLine() leaves out braces around nothing", () => {
  assert.equal(seriesLine("drbdreactor_up", "", "1"), "drbdreactor_up 1\n");
  assert.equal(seriesLine("a", 'b="c"', "1"), 'a{b="c"} 1\n');
});

const COUNTER: Description = {
  name: "a_bytes_total",
  type: "counter",
  help: "Some \\ help\nin lines",
  unit: "bytes",
};

Deno.test("headerText() says a counter's whole name in the text format, and no unit", () => {
  assert.equal(
    headerText(COUNTER, "text"),
    "# HELP a_bytes_total Some \\\\ help\\nin lines\n# TYPE a_bytes_total counter\n",
  );
});

Deno.test("headerText() says the name of a counter's family in OpenMetrics, and its unit", () => {
  assert.equal(
    headerText(COUNTER, "openMetrics"),
    "# TYPE a_bytes counter\n# UNIT a_bytes bytes\n# HELP a_bytes Some \\\\ help\\nin lines\n",
  );
});

Deno.test("headerText() leaves an unknown type open in the words of each format", () => {
  const unknown: Description = { name: "a_bytes", type: "unknown", help: "A" };
  assert.match(headerText(unknown, "text"), /# TYPE a_bytes untyped\n/);
  assert.match(headerText(unknown, "openMetrics"), /# TYPE a_bytes unknown\n/);
});
