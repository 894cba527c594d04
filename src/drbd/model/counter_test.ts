import assert from "node:assert/strict";
import {
  type Counter,
  parseCounter,
  parsePrintedCounter,
  parsePrintedPending,
  scaleCounter,
} from "./counter.ts";

const READ: { name: string; text: string; want: Counter | undefined }[] = [
  { name: "zero", text: "0", want: 0 },
  { name: "fifteen digits as a number", text: "999999999999999", want: 999999999999999 },
  { name: "2^53 - 1 as a number", text: "9007199254740991", want: 9007199254740991 },
  { name: "2^53 as a bigint", text: "9007199254740992", want: 9007199254740992n },
  { name: "2^53 + 1 exactly", text: "9007199254740993", want: 9007199254740993n },
  { name: "the greatest counter exactly", text: "18446744073709551615", want: 18446744073709551615n },
  { name: "more than 64 bit exactly", text: "99999999999999999999", want: 99999999999999999999n },
  { name: "leading zeros", text: "00000000000000000007", want: 7 },
  { name: "nothing of nothing", text: "", want: undefined },
  { name: "nothing of a negative number", text: "-1", want: undefined },
  { name: "nothing of a sign", text: "+1", want: undefined },
  { name: "nothing of a fraction", text: "1.0", want: undefined },
  { name: "nothing of an exponent", text: "1e3", want: undefined },
  { name: "nothing of hexadecimal digits", text: "0x10", want: undefined },
  { name: "nothing of blanks around", text: " 1 ", want: undefined },
  { name: "nothing of a newline after", text: "1\n", want: undefined },
  { name: "nothing of digits of another script", text: "١", want: undefined },
  { name: "nothing of a word", text: "nan", want: undefined },
];

for (const { name, text, want } of READ) {
  Deno.test(`parseCounter() reads ${name}`, () => assert.equal(parseCounter(text), want));
}

const ONES_63_BIT = "9223372036854775807";
const ONES_64_BIT = "18446744073709551615";
const ONES_32_BIT = "4294967295";

Deno.test("parsePrintedCounter() takes the fillers of 64 bit, halved or not, for nothing emitted", () => {
  assert.equal(parsePrintedCounter(ONES_63_BIT), undefined);
  assert.equal(parsePrintedCounter(ONES_64_BIT), undefined);
});

Deno.test("parsePrintedCounter() takes the neighbours of the fillers for counters", () => {
  assert.equal(parsePrintedCounter("9223372036854775806"), 9223372036854775806n);
  assert.equal(parsePrintedCounter("9223372036854775808"), 9223372036854775808n);
  assert.equal(parsePrintedCounter("18446744073709551614"), 18446744073709551614n);
  assert.equal(parsePrintedCounter(ONES_32_BIT), 4294967295);
  assert.equal(parsePrintedCounter("x"), undefined);
});

Deno.test("parsePrintedPending() takes the filler of 32 bit only for nothing emitted", () => {
  assert.equal(parsePrintedPending(ONES_32_BIT), undefined);
  assert.equal(parsePrintedPending("4294967294"), 4294967294);
  assert.equal(parsePrintedPending("4294967296"), 4294967296);
  assert.equal(parsePrintedPending("x"), undefined);
});

const SCALED: { name: string; counter: Counter; factor: number; want: Counter }[] = [
  { name: "a small counter", counter: 3, factor: 1024, want: 3072 },
  { name: "zero", counter: 0, factor: 1024, want: 0 },
  { name: "to 2^53 - 1024 as a number", counter: 2 ** 43 - 1, factor: 1024, want: 9007199254739968 },
  { name: "to 2^53 as a bigint", counter: 2 ** 43, factor: 1024, want: 9007199254740992n },
  { name: "beyond what a number holds", counter: 9007199254740991, factor: 3, want: 27021597764222973n },
  { name: "a bigint", counter: 9223372036854775806n, factor: 512, want: 4722366482869645212672n },
  { name: "a bigint back to a number", counter: 9007199254740991n, factor: 1, want: 9007199254740991 },
  { name: "a bigint to nothing", counter: 9223372036854775806n, factor: 0, want: 0 },
];

for (const { name, counter, factor, want } of SCALED) {
  Deno.test(`scaleCounter() scales ${name}`, () => assert.equal(scaleCounter(counter, factor), want));
}
