import assert from "node:assert/strict";
import { pluginCounts } from "./plugin_counts.ts";

Deno.test("pluginCounts() names each plugin once", () => {
  const instances = ["promoter", "umh", "promoter"].map((plugin) => ({ plugin }));
  assert.equal(pluginCounts(instances), "promoter (2), umh");
  assert.equal(pluginCounts([]), "");
});
