import assert from "node:assert/strict";
import * as v from "valibot";
import { API_SCHEMA } from "../../../plugins/api/config.ts";
import { MemoryFiles } from "../../../tests/support/simulated/memory_files.ts";
import { SimulatedNetwork } from "../../../tests/support/simulated/simulated_network.ts";
import { ApiClient, ApiError, apiPlaceOf } from "./api_client.ts";

function placeOf(...tables: v.InferInput<typeof API_SCHEMA.schema>[]) {
  const plugins = tables.map((table) => ({
    plugin: "api",
    config: v.parse(API_SCHEMA.schema, table),
    settings: {},
    origin: { file: "", number: 1 },
  }));
  return apiPlaceOf({ plugins });
}

const TLS = { "tls-cert": "/c", "tls-key": "/k" };

Deno.test("a unix socket is asked first, then whatever speaks without TLS on this node", () => {
  const unix = { transport: "unix", path: "/run/x" };
  assert.deepEqual(
    placeOf({ address: ":9943", "token-file": "/t" }, { address: "unix:/run/x" })?.address,
    unix,
  );
  assert.deepEqual(placeOf({})?.address, { transport: "tcp", hostname: "127.0.0.1", port: 9943 });
  for (const address of [":9943", "[::]:9943", "0.0.0.0:9943"]) {
    const place = placeOf({ address, "token-file": "/t" });
    assert.deepEqual(place?.address, { transport: "tcp", hostname: "localhost", port: 9943 });
    assert.equal(place.tokenFile, "/t");
  }
});

Deno.test("there is nobody to ask without an api, with TLS only, or on a port that nobody knows", () => {
  assert.equal(placeOf(), undefined);
  assert.equal(placeOf(TLS), undefined);
  assert.equal(placeOf({ address: "127.0.0.1:0" }), undefined);
  assert.notEqual(placeOf(TLS, { address: "127.0.0.1:80" }), undefined);
});

function clientOf(answer: string, tokenFile?: string) {
  const network = new SimulatedNetwork();
  const asked: string[] = [];
  network.servers.set("/run/x", (end) => {
    end.onBytes = (bytes) => {
      asked.push(new TextDecoder().decode(bytes));
      end.send(new TextEncoder().encode(answer));
      end.close();
    };
  });
  const files = new MemoryFiles(() => 0);
  const place = { address: { transport: "unix", path: "/run/x" }, tokenFile, name: "unix:/run/x" } as const;
  return { client: new ApiClient({ network, files }, place), files, asked };
}

const NEVER = new AbortController().signal;

Deno.test("the token of the file is sent", async () => {
  const { client, files, asked } = clientOf("HTTP/1.1 200 OK\r\n\r\n[1]", "/token");
  await files.writeTextAtomic("/token", "secret-secret-secret\n");
  assert.deepEqual(await client.json("/x", NEVER), [1]);
  assert.match(asked.join(), /\r\nAuthorization: Bearer secret-secret-secret\r\n/);
});

Deno.test("a refusal has drbdd's reason, or the status", async () => {
  const refused = (body: string) =>
    clientOf(`HTTP/1.1 404 Not Found\r\n\r\n${body}`).client.json("/x", NEVER);
  await assert.rejects(
    refused('{"error":"There is no resource"}'),
    new ApiError(404, "There is no resource"),
  );
  await assert.rejects(refused("<html>"), /HTTP status 404/);
});

Deno.test("lines come whole", async () => {
  const { client, asked } = clientOf("HTTP/1.1 200 OK\r\n\r\none\n\ntwo\nthr");
  const lines: string[] = [];
  for await (const line of client.lines("/x", NEVER)) lines.push(line);
  assert.deepEqual(lines, ["one", "two"]);
  assert.match(asked.join(), /Accept: application\/x-ndjson/);
});

Deno.test("why the state may be outdated is asked for", async () => {
  const reasonOf = (answer: string) => clientOf(answer).client.staleReason(NEVER);
  assert.equal(await reasonOf("HTTP/1.1 200 OK\r\n\r\nready\n"), undefined);
  const away = "HTTP/1.1 503 Service Unavailable\r\n\r\nnot ready: drbdsetup events2 is not running\n";
  assert.equal(await reasonOf(away), "drbdsetup events2 is not running");
});
