import assert from "node:assert/strict";
import { released } from "./released_body.ts";

/** An answer of these pieces, each of four bytes, and whether it was cancelled. */
function answer(type: string, pieces: number) {
  const made: Uint8Array[] = [];
  const answer = { made, cancelled: false, response: new Response() };
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      if (made.length === pieces) return controller.close();
      const piece = new Uint8Array(4).fill(made.length);
      made.push(piece);
      controller.enqueue(piece);
    },
    cancel: () => void (answer.cancelled = true),
  }, { highWaterMark: 0 });
  answer.response = new Response(body, { status: 201, headers: { "content-type": type, "x-mine": "1" } });
  return answer;
}

for (const type of ["text/event-stream; charset=utf-8", "application/x-ndjson; charset=utf-8"]) {
  Deno.test(`released() takes back each piece of ${type} when the next one is asked for`, async () => {
    const { made, response } = answer(type, 3);
    const now = released(response);
    assert.deepEqual([now.status, now.headers.get("content-type"), now.headers.get("x-mine")], [
      201,
      type,
      "1",
    ]);
    const reader = now.body?.getReader();
    for (let place = 0; place < 3; place++) {
      assert.deepEqual([...(await reader?.read())?.value ?? []], Array(4).fill(place));
      assert.deepEqual(made.map(({ byteLength }) => byteLength), [...Array(place).fill(0), 4]);
    }
    assert.equal((await reader?.read())?.done, true);
    assert.deepEqual(made.map(({ byteLength }) => byteLength), [0, 0, 0]);
  });
}

Deno.test("released() lets the maker know when nobody wants more", async () => {
  const made = answer("text/event-stream", 3);
  await released(made.response).body?.cancel();
  assert.equal(made.cancelled, true);
});

Deno.test("released() leaves answers alone that have an end", () => {
  for (const response of [answer("application/json", 1).response, new Response(null), new Response("a")]) {
    assert.equal(released(response), response);
  }
});
