import assert from "node:assert/strict";
import { copyrightIn, isSameLicense } from "./standard_texts.ts";

const read = (name: string) => Deno.readTextFileSync(new URL(`../../${name}`, import.meta.url));
const MIT = read("licenses/texts/mit.txt");
const APACHE = read("LICENSE");

const OWNERS: readonly (readonly [string, readonly string[]])[] = [
  ["Copyright (c) 2015 Andrew Gallant", ["2015 Andrew Gallant"]],
  ["Copyright © 2019,  The Authors", ["2019, The Authors"]],
  [" * Copyright: 2016-2020 A <a@x.example>", ["2016-2020 A <a@x.example>"]],
  ["(c) 2020 B\nCopyright (c) 2020 B", ["2020 B"]],
  ["Copyright [yyyy] [name of copyright owner]\nCopyright <year> <owner>", []],
  ["Copyright holders or anyone\ncopyright notice and this\nCopyrights in x are retained", []],
  ["(c) You must retain, in the Source form", []],
];

for (const [text, owners] of OWNERS) {
  Deno.test(`copyrightIn() finds who has the copyright: ${JSON.stringify(text)}`, () => {
    assert.deepEqual(copyrightIn(text), owners);
  });
}

Deno.test("isSameLicense() looks past title, copyright and broken lines", () => {
  const other = `The MIT License (MIT)\n\nCopyright (c) 2015 A\n\n${MIT.replaceAll("\n", " ")}`;
  assert.ok(isSameLicense(other, MIT));
  assert.ok(!isSameLicense(other.replace("without limitation", "with"), MIT));
  assert.ok(!isSameLicense(`${other}\n\nAlso in it: parts of musl`, MIT));
  assert.ok(!isSameLicense(APACHE, MIT));
});

Deno.test("isSameLicense() looks past the hint below the Apache License, and past nothing else there", () => {
  const terms = APACHE.slice(0, APACHE.indexOf("APPENDIX"));
  assert.ok(isSameLicense(terms, APACHE));
  assert.ok(isSameLicense(APACHE.replace("[yyyy] [name of copyright owner]", "2018 A"), APACHE));
  assert.ok(!isSameLicense(`${terms}\nLLVM exceptions to the Apache License`, APACHE));
  assert.ok(!isSameLicense(`${APACHE}\n${MIT}`, APACHE));
});
