import assert from "node:assert/strict";
import { type SnippetChanges, snippetChanges, type SnippetFile } from "./snippet_changes.ts";

const NOW_MS = 1_000_000;
const LOADED: readonly SnippetFile[] = [{ path: "/d/a.toml", modifiedMs: 1000 }, {
  path: "/d/b.toml",
  modifiedMs: 2000,
}];
const NONE: SnippetChanges = { changed: [], added: [], removed: [] };

const CASES: readonly { name: string; present: readonly SnippetFile[]; want: SnippetChanges }[] = [
  { name: "says nothing of files that are as they were", present: LOADED, want: NONE },
  {
    name: "names a file that was changed 20 seconds ago",
    present: [{ path: "/d/a.toml", modifiedMs: NOW_MS - 20_000 }, LOADED[1]].filter((file) =>
      file !== undefined
    ),
    want: { ...NONE, changed: ["/d/a.toml"] },
  },
  {
    name: "leaves a file alone that was changed 19.999 seconds ago",
    present: [{ path: "/d/a.toml", modifiedMs: NOW_MS - 19_999 }, { path: "/d/b.toml", modifiedMs: 2000 }],
    want: NONE,
  },
  {
    name: "names a file that was replaced by an older one",
    present: [{ path: "/d/a.toml", modifiedMs: 500 }, { path: "/d/b.toml", modifiedMs: 2000 }],
    want: { ...NONE, changed: ["/d/a.toml"] },
  },
  {
    name: "does not wait for a time in the future",
    present: [{ path: "/d/a.toml", modifiedMs: NOW_MS + 86_400_000 }, {
      path: "/d/b.toml",
      modifiedMs: 2000,
    }],
    want: { ...NONE, changed: ["/d/a.toml"] },
  },
  {
    name: "names files that were added, but for one that is being written",
    present: [
      ...LOADED,
      { path: "/d/z.toml", modifiedMs: 1 },
      { path: "/d/c.toml", modifiedMs: 1 },
      { path: "/d/d.toml", modifiedMs: NOW_MS },
    ],
    want: { ...NONE, added: ["/d/c.toml", "/d/z.toml"] },
  },
  { name: "names files that are gone", present: [], want: { ...NONE, removed: ["/d/a.toml", "/d/b.toml"] } },
];
for (const { name, present, want } of CASES) {
  Deno.test(`snippetChanges() ${name}`, () =>
    assert.deepEqual(snippetChanges(LOADED, present, NOW_MS), want));
}
