import assert from "node:assert/strict";
import { SUSPEND_REASONS } from "../model/vocabulary.ts";
import { BLOCKED, CommaList, RESYNC_SUSPENDED, sameWords, SUSPENDED, WordList } from "./words.ts";

Deno.test("WordList knows its words and no others", () => {
  const list = new WordList(["yes", "no"]);
  assert.ok(list.has("yes"));
  for (const text of ["", "ye", "YES", "yes ", "toString", "__proto__"]) assert.ok(!list.has(text), text);
});

Deno.test("WordList.read() keeps unknown words as text", () => {
  const list = new WordList(["yes", "no"]);
  assert.equal(list.read("yes"), "yes");
  assert.equal(list.read("maybe"), "maybe");
  assert.equal(list.read("?"), "?");
});

const LISTS: { text: string; known: boolean; want: string[] }[] = [
  { text: "no", known: true, want: [] },
  { text: "user", known: true, want: ["user"] },
  { text: "user,no-data,fencing,quorum", known: true, want: ["user", "no-data", "fencing", "quorum"] },
  { text: "quorum,user", known: true, want: ["quorum", "user"] },
  { text: "user,moon", known: false, want: ["user", "moon"] },
  { text: "moon", known: false, want: ["moon"] },
  { text: "?", known: false, want: ["?"] },
  { text: "", known: false, want: [""] },
  { text: "user,", known: false, want: ["user", ""] },
  { text: "no,user", known: false, want: ["no", "user"] },
  { text: "yes", known: false, want: ["yes"] },
];

for (const { text, known, want } of LISTS) {
  Deno.test(`CommaList takes "${text}" for ${known ? "known" : "unknown"} and reads ${want.length} words`, () => {
    const list = new CommaList(SUSPEND_REASONS);
    assert.equal(list.has(text), known);
    assert.deepEqual([...list.read(text)], want);
    assert.ok(Object.isFrozen(list.read(text)));
  });
}

Deno.test("CommaList.read() gives the same list for the same known words, and keeps no unknown ones", () => {
  const list = new CommaList(SUSPEND_REASONS);
  assert.equal(list.read("user,quorum"), list.read("user,quorum"));
  assert.notEqual(list.read("moon"), list.read("moon"));
});

Deno.test("CommaList.read() keeps no list that is longer than all its words", () => {
  const list = new CommaList(["upper", "lower"]);
  assert.equal(list.read("upper,lower"), list.read("upper,lower"));
  assert.notEqual(list.read("upper,lower,upper"), list.read("upper,lower,upper"));
});

Deno.test("the lists of reasons have each their words", () => {
  assert.ok(SUSPENDED.has("no-data") && !SUSPENDED.has("peer"));
  assert.ok(RESYNC_SUSPENDED.has("user,peer,dependency,max-parallel") && !RESYNC_SUSPENDED.has("quorum"));
  assert.ok(BLOCKED.has("upper,lower") && !BLOCKED.has("user"));
});

const PAIRS: { a: string[]; b: string[]; same: boolean }[] = [
  { a: [], b: [], same: true },
  { a: ["user", "moon"], b: ["user", "moon"], same: true },
  { a: ["user"], b: ["user", "moon"], same: false },
  { a: ["user", "moon"], b: ["user"], same: false },
  { a: ["user", "moon"], b: ["moon", "user"], same: false },
];

for (const { a, b, same } of PAIRS) {
  Deno.test(`sameWords() takes [${a}] and [${b}] for ${same ? "the same" : "different"}`, () => {
    assert.equal(sameWords(a, b), same);
  });
}
