import assert from "node:assert/strict";
import { describe } from "./describe.ts";

const notCapable = Object.assign(new Error('Requires write access to "/x", run again with --allow-write'), {
  name: "NotCapable",
});

const CASES: readonly { name: string; value: unknown; want: string }[] = [
  { name: "an error and its causes", value: new Error("a", { cause: new Error("b") }), want: "a: b" },
  { name: "an error without words", value: new TypeError(""), want: "TypeError" },
  {
    name: "the system's words, without number and call",
    value: new Error("No such file or directory (os error 2): readfile '/x'"),
    want: "No such file or directory",
  },
  { name: "the sandbox", value: notCapable, want: 'drbdd\'s sandbox does not allow it: write "/x"' },
  { name: "a value with large numbers", value: { a: 2n ** 60n }, want: '{"a":"1152921504606846976"}' },
  { name: "nothing", value: undefined, want: "undefined" },
];

for (const { name, value, want } of CASES) {
  Deno.test(`describe() describes ${name}`, () => assert.equal(describe(value), want));
}
