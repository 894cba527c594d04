import assert from "node:assert/strict";
import { NOTHING_WRONG, withNotes, withoutNotes } from "./notes.ts";

const TEXT = "[[umh]]\nfoo = 1\n";

Deno.test("withoutNotes() takes out what withNotes() put in", () => {
  const wrong = {
    here: [
      { line: 2, message: "Unknown key", severity: "warning" as const },
      { line: 0, message: "no plugin", severity: "warning" as const },
      { line: 9, message: "at the end", severity: "error" as const },
    ],
    others: ["/etc/a.toml:1:1: it a second time"],
  };
  const noted = withNotes(TEXT, wrong);
  assert.match(noted, /^#\| Lines that begin/);
  assert.match(
    noted,
    /\n#\| error: \/etc\/a\.toml:1:1: it a second time\n#\| warning: no plugin\n\[\[umh\]\]\n/,
  );
  assert.match(noted, /\nfoo = 1\n#\| \^ warning: Unknown key\n/);
  assert.match(noted, /#\| \^ error: at the end$/);
  assert.equal(withoutNotes(noted), TEXT);
});

Deno.test("withoutNotes() keeps comments, and ends a text with one newline", () => {
  assert.equal(withoutNotes("# a\n#| b\nc = 1 #| d"), "# a\nc = 1 #| d\n");
  assert.equal(withoutNotes("a\n\n\n"), "a\n");
  assert.equal(withoutNotes(withNotes("", NOTHING_WRONG)), "");
  assert.equal(withoutNotes(" \n\t\n"), "");
});
