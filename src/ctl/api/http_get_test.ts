import assert from "node:assert/strict";
import fc from "fast-check";
import { type ServerEnd, SimulatedNetwork } from "../../../tests/support/simulated/simulated_network.ts";
import { type Answer, httpGet } from "./http_get.ts";

const SOCKET = { transport: "unix", path: "/run/api.sock" } as const;
const NEVER = new AbortController().signal;
const bytes = (text: string) => new TextEncoder().encode(text);

/** Serves one request: `answer` gets what was asked, and its end of the connection. */
function serving(answer: (request: string, end: ServerEnd) => void): SimulatedNetwork {
  const network = new SimulatedNetwork();
  network.servers.set(SOCKET.path, (end) => {
    end.onBytes = (request) => answer(new TextDecoder().decode(request), end);
  });
  return network;
}

function get(network: SimulatedNetwork, signal = NEVER): Promise<Answer> {
  return httpGet(network, SOCKET, "/x", {}, signal);
}

async function textOf({ body }: Answer): Promise<string> {
  let text = "";
  for await (const piece of body) text += new TextDecoder().decode(piece);
  return text;
}

const BODIES: readonly (readonly [string, string])[] = [
  ["chunked", "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n1;x=y\r\n \r\nA\r\nsweet data\r\n0\r\n\r\n"],
  ["of a known length", "Content-Length: 16\r\n\r\nhello sweet data"],
  ["that ends with the connection", "Content-Type: text/plain\r\n\r\nhello sweet data"],
];

for (const [what, rest] of BODIES) {
  Deno.test(`a body ${what} is read, cut anywhere`, async () => {
    const whole = bytes(`HTTP/1.1 200 OK\r\n${rest}`);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(whole.length), { maxLength: 6 }), async (cuts) => {
        const network = serving((_, end) => {
          let from = 0;
          for (const to of [...cuts.sort((a, b) => a - b), whole.length]) {
            end.send(whole.subarray(from, to));
            from = to;
          }
          end.close();
        });
        const answer = await get(network);
        assert.equal(answer.status, 200);
        assert.equal(await textOf(answer), "hello sweet data");
      }),
      { numRuns: 50 },
    );
  });
}

Deno.test("it asks as HTTP/1.1 wants it, with its own headers", async () => {
  let asked = "";
  const network = serving((request, end) => {
    asked += request;
    end.send(bytes("HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n"));
  });
  const answer = await httpGet(network, SOCKET, "/a?b=1", { "Accept": "x/y" }, NEVER);
  assert.equal(asked, "GET /a?b=1 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAccept: x/y\r\n\r\n");
  assert.equal(answer.status, 204);
  assert.equal(await textOf(answer), "");
});

Deno.test("headers are found by their names in lower case", async () => {
  const network = serving((_, end) => end.send(bytes("HTTP/1.1 200 OK\r\nDRBDD-Stale:  why: it \r\n\r\n")));
  assert.equal((await get(network)).headers.get("drbdd-stale"), "why: it");
});

for (
  const [what, text, complaint] of [
    ["no HTTP", "SSH-2.0-OpenSSH\r\n", /does not speak HTTP/],
    ["half a head", "HTTP/1.1 200 OK\r\nContent-Le", /middle of the answer's head/],
    ["nothing", "", /does not speak HTTP/],
    ["a line without an end", "x".repeat(70_000), /line without an end/],
  ] as const
) {
  Deno.test(`an answer that is ${what} is refused, and the connection closed`, async () => {
    let isOpen = () => true;
    const network = serving((_, end) => {
      isOpen = () => end.isOpen;
      end.send(bytes(text));
      if (text.length < 1_000) end.close();
    });
    await assert.rejects(get(network), complaint);
    assert.equal(isOpen(), false);
  });
}

for (
  const [what, rest] of [
    ["a known length", "Content-Length: 9\r\n\r\nhel"],
    ["chunks", "Transfer-Encoding: chunked\r\n\r\n5\r\nhel"],
  ] as const
) {
  Deno.test(`a body with ${what} that ends early is no body`, async () => {
    const network = serving((_, end) => {
      end.send(bytes(`HTTP/1.1 200 OK\r\n${rest}`));
      end.close();
    });
    await assert.rejects(textOf(await get(network)), /closed in the middle/);
  });
}

Deno.test("a body that is left early closes the connection", async () => {
  let left: () => boolean = () => false;
  const network = serving((_, end) => {
    left = () => !end.isOpen;
    end.send(bytes("HTTP/1.1 200 OK\r\n\r\none"));
  });
  for await (const _ of (await get(network)).body) break;
  assert.equal(left(), true);
});

Deno.test("what is given up is closed", async () => {
  const stop = new AbortController();
  let end: ServerEnd | undefined;
  const network = serving((_, mine) => {
    end = mine;
    mine.send(bytes("HTTP/1.1 200 OK\r\n\r\n"));
  });
  const answer = await get(network, stop.signal);
  stop.abort();
  assert.equal(end?.isOpen, false);
  assert.equal(await textOf(answer), "");
});
