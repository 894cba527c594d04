import assert from "node:assert/strict";
import { Identities } from "./identities.ts";

Deno.test("Identities follow a renamed resource, and distinguish it from others that get its old names", () => {
  const identities = new Identities();
  const web = identities.keyOf("web");
  assert.notEqual(web, identities.keyOf("db"));
  identities.renamed("web", "shop");
  assert.equal(identities.keyOf("shop"), web);
  const second = identities.keyOf("web");
  assert.notEqual(second, web);
  identities.renamed("shop", "store");
  assert.equal(identities.keyOf("store"), web);
  identities.renamed("web", "shop");
  assert.equal(identities.keyOf("shop"), second);
  identities.renamed("store", "web");
  assert.equal(identities.keyOf("web"), web);
});
