import assert from "node:assert/strict";
import { type KnownNames, rejectionOf } from "./request_guard.ts";

const OPEN: KnownNames = { any: false, names: new Set(["alpha", "drbd.example.com"]) };
const GUARDED: KnownNames = { any: true, names: new Set() };

function status(headers: Record<string, string>, known = OPEN, init: { method?: string; url?: string } = {}) {
  const { method = "GET", url = "http://127.0.0.1:9943/" } = init;
  return rejectionOf({ method, url, headers: new Headers(headers) } as Request, known)?.status;
}

const HOSTS: [string, string, number | undefined][] = [
  ["takes localhost with a port", "localhost:9943", undefined],
  ["takes localhost without a port, as through a tunnel on port 80", "localhost", undefined],
  ["takes an IPv4 address", "192.0.2.1:9943", undefined],
  ["takes an IPv6 address", "[2001:db8::1]:9943", undefined],
  ["takes the node's name", "alpha:9943", undefined],
  ["takes a name of the configuration, whatever its case", "DRBD.Example.com", undefined],
  ["takes a name with the dot of the root", "drbd.example.com.:9943", undefined],
  ["refuses another name", "evil.example:9943", 421],
  ["refuses a name that begins with the node's", "alpha.evil.example", 421],
  ["refuses a name that ends like an address", "evil.127.0.0.1", 421],
  ["refuses a name that begins like an address", "127.0.0.1.evil.example", 421],
  ["refuses two hosts in one", "localhost, evil.example", 400],
  ["refuses blanks", "local host", 400],
  ["refuses an unfinished bracket", "[::1", 400],
  ["refuses a user before the host", "localhost@evil.example", 400],
  ["refuses an empty host", "", 400],
];

for (const [name, host, want] of HOSTS) {
  Deno.test(`rejectionOf() ${name}`, () => assert.equal(status({ host }), want));
}

Deno.test("rejectionOf() takes any name where something else protects, but no nonsense", () => {
  assert.equal(status({ host: "evil.example" }, GUARDED), undefined);
  assert.equal(status({ host: "a b" }, GUARDED), 400);
});

Deno.test("rejectionOf() takes a request without a host: no browser sends one", () => {
  assert.equal(status({}), undefined);
});

const HERE = { host: "localhost:9943" };
const PAGES: [string, Record<string, string>, number | undefined][] = [
  ["takes its own page", { origin: "http://localhost:9943", "sec-fetch-site": "same-origin" }, undefined],
  ["takes its own page behind TLS", { origin: "https://localhost:9943" }, undefined],
  [
    "takes an address typed by a person",
    { "sec-fetch-site": "none", "sec-fetch-mode": "navigate" },
    undefined,
  ],
  [
    "takes a link from elsewhere",
    { "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate" },
    undefined,
  ],
  ["refuses a page of another site", { origin: "https://evil.example" }, 403],
  ["refuses a page of another port", { origin: "http://localhost:8080" }, 403],
  ["refuses a page without origin", { origin: "null" }, 403],
  [
    "refuses an image in another site's page",
    { "sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors" },
    403,
  ],
  ["refuses a page of a sister site", { "sec-fetch-site": "same-site", "sec-fetch-mode": "cors" }, 403],
];

for (const [name, headers, want] of PAGES) {
  Deno.test(`rejectionOf() ${name}`, () => {
    assert.equal(status({ ...HERE, ...headers }), want);
    assert.equal(status({ ...HERE, ...headers }, GUARDED), want);
  });
}

for (const method of ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT", "BREW", "get"]) {
  Deno.test(`rejectionOf() refuses ${method}`, () => assert.equal(status(HERE, OPEN, { method }), 405));
}

Deno.test("rejectionOf() refuses what is out of proportion", () => {
  assert.equal(status(HERE, OPEN, { url: `http://localhost/${"a".repeat(5000)}` }), 414);
  assert.equal(status({ ...HERE, "x-long": "a".repeat(17_000) }), 431);
  assert.equal(status({ ...HERE, cookie: "a".repeat(8_000) }), undefined);
});
