import assert from "node:assert/strict";
import { readContextFile } from "./context_file.ts";

Deno.test("readContextFile() reads nodes, by name", () => {
  const { content, diagnostics } = readContextFile(
    "/x.toml",
    '[nodes.bravo]\n[nodes.alpha]\nhostname = "10.0.0.1"\nuser = "admin"\n',
  );
  assert.deepEqual(diagnostics, []);
  assert.deepEqual(content, {
    nodes: [
      { name: "alpha", hostname: "10.0.0.1", user: "admin" },
      { name: "bravo", hostname: "bravo", user: "root" },
    ],
    nodesScript: undefined,
  });
});

Deno.test("readContextFile() reads the name of a script", () => {
  assert.deepEqual(readContextFile("/x.toml", 'nodes-script = "nodes.sh"\n').content, {
    nodes: [],
    nodesScript: "nodes.sh",
  });
});

Deno.test("readContextFile() says what is wrong, and where", () => {
  const CASES: [string, RegExp][] = [
    ["nodes = 1\n", /"nodes"/],
    ["[nodes.a]\nhostname = 1\n", /"nodes\.a\.hostname"/],
    ["[nodes.a\n", /TOML/],
  ];
  for (const [text, message] of CASES) {
    const { content, diagnostics } = readContextFile("/x.toml", text);
    assert.equal(content, undefined);
    assert.match(diagnostics[0]?.message ?? "", message);
  }
  const { content, diagnostics } = readContextFile("/x.toml", "[nodes.a]\nhostnam = 'b'\n");
  assert.equal(content?.nodes[0]?.hostname, "a");
  assert.match(diagnostics[0]?.message ?? "", /did you mean "hostname"/);
});
