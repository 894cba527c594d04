import assert from "node:assert/strict";
import { type Block, LineSplitter, MAX_LINE_BYTES } from "./lines.ts";

const encoder = new TextEncoder();
const texts = (blocks: readonly Block[]) => blocks.map(({ text }) => text);

/** Everything that comes out when `bytes` come in pieces of `size`, each in the same buffer. */
function splitInto(size: number, bytes: Uint8Array): { text: string; rest: string; splitter: LineSplitter } {
  const splitter = new LineSplitter();
  const buffer = new Uint8Array(size);
  let text = "";
  for (let at = 0; at < bytes.length; at += size) {
    const piece = bytes.subarray(at, at + size);
    buffer.set(piece);
    text += texts(splitter.push(buffer.subarray(0, piece.length))).join("");
    buffer.fill(0x58);
  }
  return { text, rest: splitter.end(), splitter };
}

const ROWS: { name: string; bytes: Uint8Array; lines: string; rest?: string }[] = [
  { name: "keeps whole lines", bytes: encoder.encode("one\ntwo\n"), lines: "one\ntwo\n" },
  { name: "keeps empty lines", bytes: encoder.encode("\n\none\n\n"), lines: "\n\none\n\n" },
  {
    name: "keeps a last line without newline apart",
    bytes: encoder.encode("one\ntw"),
    lines: "one\n",
    rest: "tw",
  },
  {
    name: "keeps characters of two, three and four bytes",
    bytes: encoder.encode("ä€𝄞\nß\n"),
    lines: "ä€𝄞\nß\n",
  },
  { name: "keeps NUL bytes", bytes: encoder.encode("a\0b\n\0\n"), lines: "a\0b\n\0\n" },
  { name: "keeps carriage returns", bytes: encoder.encode("a\r\nb\r\n"), lines: "a\r\nb\r\n" },
  { name: "keeps a byte order mark", bytes: encoder.encode("\uFEFFa\n"), lines: "\uFEFFa\n" },
  {
    name: "puts U+FFFD for bytes that are no UTF-8",
    bytes: Uint8Array.of(0x61, 0xff, 0x62, 10, 0x80, 10),
    lines: "a\uFFFDb\n\uFFFD\n",
  },
  {
    name: "does not let a cut character swallow the newline after it",
    bytes: Uint8Array.of(0x61, 0xe2, 0x82, 10, 0x62, 0xf0, 10),
    lines: "a\uFFFD\nb\uFFFD\n",
  },
  { name: "makes nothing of nothing", bytes: new Uint8Array(), lines: "" },
  { name: "makes no line of bytes without newline", bytes: encoder.encode("abc"), lines: "", rest: "abc" },
];

for (const { name, bytes, lines, rest = "" } of ROWS) {
  Deno.test(`LineSplitter ${name}, wherever the bytes are cut`, () => {
    for (let size = 1; size <= bytes.length + 1; size++) {
      const split = splitInto(size, bytes);
      assert.deepEqual([split.text, split.rest], [lines, rest], `in pieces of ${size}`);
      assert.equal(split.splitter.overlong, 0);
    }
  });
}

Deno.test("LineSplitter returns the lines a piece completes with that piece", () => {
  const splitter = new LineSplitter();
  assert.deepEqual(texts(splitter.push(encoder.encode("on"))), []);
  assert.deepEqual(texts(splitter.push(encoder.encode("e\ntwo\nth"))), ["one\n", "two\n"]);
  assert.deepEqual(texts(splitter.push(encoder.encode("ree\n"))), ["three\n"]);
  assert.deepEqual(texts(splitter.push(encoder.encode("four\nfive\n"))), ["four\nfive\n"]);
});

Deno.test("LineSplitter takes an empty piece for nothing", () => {
  const splitter = new LineSplitter();
  splitter.push(encoder.encode("a"));
  assert.deepEqual(texts(splitter.push(new Uint8Array())), []);
  assert.deepEqual(texts(splitter.push(encoder.encode("\n"))), ["a\n"]);
});

Deno.test("LineSplitter keeps a line of 1 MiB", () => {
  const text = "x".repeat(1024 * 1024) + "\n";
  for (const size of [1000, 65_536, text.length]) {
    assert.equal(splitInto(size, encoder.encode(text + "after\n")).text, text + "after\n");
  }
});

Deno.test("LineSplitter drops a line that is too long, counts it, and keeps the lines around it", () => {
  const tooLong = "x".repeat(MAX_LINE_BYTES + 200_000);
  const { text, rest, splitter } = splitInto(65_536, encoder.encode(`before\n${tooLong}\nafter\nthe e`));
  assert.equal(text, "before\nafter\n");
  assert.equal(rest, "the e");
  assert.equal(splitter.overlong, 1);
});

Deno.test("LineSplitter counts each line that is too long", () => {
  const tooLong = "x".repeat(MAX_LINE_BYTES + 65_536) + "\n";
  const { text, splitter } = splitInto(65_536, encoder.encode(`${tooLong}one\n${tooLong}two\n`));
  assert.equal(text, "one\ntwo\n");
  assert.equal(splitter.overlong, 2);
});

Deno.test("LineSplitter keeps a line of the greatest length", () => {
  const longest = "x".repeat(MAX_LINE_BYTES);
  const { text, splitter } = splitInto(65_536, encoder.encode(`${longest}\nafter\n`));
  assert.equal(text.length, MAX_LINE_BYTES + "\nafter\n".length);
  assert.equal(splitter.overlong, 0);
});

Deno.test("LineSplitter.end() forgets what it returns, so that the next input starts over", () => {
  const splitter = new LineSplitter();
  splitter.push(encoder.encode("cut o"));
  assert.equal(splitter.end(), "cut o");
  assert.equal(splitter.end(), "");
  assert.deepEqual(texts(splitter.push(encoder.encode("ff\n"))), ["ff\n"]);
});

Deno.test("LineSplitter.end() ends the skipping of a line that is too long", () => {
  const splitter = new LineSplitter();
  splitter.push(encoder.encode("x".repeat(MAX_LINE_BYTES)));
  splitter.push(encoder.encode("x"));
  assert.equal(splitter.overlong, 1);
  assert.equal(splitter.end(), "");
  assert.deepEqual(texts(splitter.push(encoder.encode("next\n"))), ["next\n"]);
});
