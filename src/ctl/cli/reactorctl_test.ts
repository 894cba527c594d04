import assert from "node:assert/strict";
import { fromReactorctl } from "./reactorctl.ts";

const CASES = [
  ["status", "status"],
  ["status -r a", "status -r a"],
  ["status -r a b", "status -r a --resource b"],
  ["status --resource a b c --json", "status --resource a --resource b --resource c --json"],
  ["status -ra b -v c", "status -ra --resource b -v c"],
  ["status --resource=a b", "status --resource=a --resource b"],
  ["status -r a -r b", "status -r a -r b"],
  ["status -r a -- b", "status -r a -- b"],
  ["status web.toml -r a", "status web.toml -r a"],
  ["evict -d 5 web", "evict -d 5 web"],
  ["rm --disabled a b", "rm --disabled a b"],
] as const;
for (const [given, want] of CASES) {
  Deno.test(`"drbd-reactorctl ${given}" is "drbddctl ${want}"`, () => {
    assert.deepEqual(fromReactorctl(given.split(" ")), want.split(" "));
  });
}
