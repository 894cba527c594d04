import assert from "node:assert/strict";
import * as vocabulary from "./vocabulary.ts";

for (const [name, words] of Object.entries(vocabulary)) {
  Deno.test(`${name} has words that events2 can print, each once`, () => {
    assert.equal(new Set(words).size, words.length);
    for (const word of words) assert.match(word, /^[A-Za-z][A-Za-z-]*$/);
  });
}

/** Numbers of the kernel, as its headers give them. */
const NUMBERS: { list: readonly string[]; number: number; word: string }[] = [
  { list: vocabulary.DISK_STATES, number: 0, word: "Diskless" },
  { list: vocabulary.DISK_STATES, number: 5, word: "Inconsistent" },
  { list: vocabulary.DISK_STATES, number: 9, word: "UpToDate" },
  { list: vocabulary.CONNECTION_STATES, number: 0, word: "StandAlone" },
  { list: vocabulary.CONNECTION_STATES, number: 9, word: "Connected" },
  { list: vocabulary.REPLICATION_STATES, number: 0, word: "Off" },
  { list: vocabulary.REPLICATION_STATES, number: 7, word: "SyncSource" },
  { list: vocabulary.REPLICATION_STATES, number: 14, word: "Behind" },
  { list: vocabulary.ROLES, number: 2, word: "Secondary" },
];

for (const { list, number, word } of NUMBERS) {
  Deno.test(`the kernel's number ${number} is ${word}`, () => assert.equal(list.indexOf(word), number));
}
