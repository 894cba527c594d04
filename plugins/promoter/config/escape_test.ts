import assert from "node:assert/strict";
import { escapePath, escapeUnitName } from "./escape.ts";

const NAMES: readonly { text: string; want: string }[] = [
  { text: "web", want: "web" },
  { text: "db-main", want: String.raw`db\x2dmain` },
  { text: "a+b_c", want: String.raw`a\x2bb_c` },
  { text: ".hidden.name", want: String.raw`\x2ehidden.name` },
  { text: "größe", want: String.raw`gr\xc3\xb6\xc3\x9fe` },
  { text: "a/b:c", want: "a-b:c" },
  { text: "x y@\\", want: String.raw`x\x20y\x40\x5c` },
];
for (const { text, want } of NAMES) {
  Deno.test(`escapeUnitName() writes ${text} as ${want}`, () => assert.equal(escapeUnitName(text), want));
}

const PATHS: readonly { path: string; want: string | undefined }[] = [
  { path: "/", want: "-" },
  { path: "/srv/data", want: "srv-data" },
  { path: "//srv//./data/", want: "srv-data" },
  { path: "/.a/b-c", want: String.raw`\x2ea-b\x2dc` },
  { path: "/srv/../etc", want: undefined },
];
for (const { path, want } of PATHS) {
  Deno.test(`escapePath() writes ${path} as ${want}`, () => assert.equal(escapePath(path), want));
}
