import assert from "node:assert/strict";
import { ClusterPage } from "./cluster_page.ts";
import type { View } from "./layout.ts";
import { paintFor } from "./paint.ts";

const VIEW: View = {
  title: "TITLE",
  pages: "PAGES",
  table: [paintFor(true, undefined).bad("alpha    no power"), "beta"],
  narration: "alpha loses power",
  keys: "",
};

async function withPage(
  body: (page: ClusterPage, get: (path: string) => Promise<Response>) => Promise<void>,
) {
  await using page = new ClusterPage([{ node: "alpha", port: 1001 }, { node: "beta", port: 1002 }]);
  await body(page, (path) => fetch(`http://127.0.0.1:${page.port}${path}`));
}

Deno.test("the page of the cluster links the nodes' pages, and has a place for all that is shown", () =>
  withPage(async (_page, get) => {
    const answer = await get("/");
    assert.match(answer.headers.get("content-type") ?? "", /^text\/html/);
    const html = await answer.text();
    assert.match(html, /<a href="http:\/\/127\.0\.0\.1:1001\/">alpha<\/a>, <a href="[^"]*:1002\/">beta</);
    const shown: Record<string, string> = await (await get("/view")).json();
    for (const id of Object.keys(shown)) assert.ok(html.includes(`id="${id}"`), id);
  }));

Deno.test("what is shown is what a screen shows, without colours, the newest entry first", () =>
  withPage(async (page, get) => {
    page.draw(VIEW);
    page.add({ time: "0:01", who: "beta", severity: "warn", text: "web: stop: quorum is lost" });
    page.narrate("0:02", "the network is whole again");
    assert.deepEqual(await (await get("/view")).json(), {
      title: "TITLE",
      narration: "alpha loses power",
      table: "alpha    no power\nbeta\n",
      record: "0:02  demo   the network is whole again\n0:01  beta   web: stop: quorum is lost\n",
    });
  }));

Deno.test("there is nothing else", () =>
  withPage(async (_page, get) => {
    const answer = await get("/nodes");
    await answer.body?.cancel();
    assert.equal(answer.status, 404);
  }));
