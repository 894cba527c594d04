import assert from "node:assert/strict";
import { freePorts } from "./ports.ts";

Deno.test("ports are different, and can be listened on", () => {
  const ports = freePorts(3);
  assert.equal(new Set(ports).size, 3);
  for (const port of ports) Deno.listen({ hostname: "127.0.0.1", port }).close();
});
