import assert from "node:assert/strict";
import { NODES } from "../nodes/definition.ts";
import { Pages } from "./pages.ts";

const ALL = [{ node: "alpha", port: 1001 }, { node: "beta", port: 1002 }];

Deno.test("a page is shown from its first answer on, and said once", async () => {
  const listening = new Set<number>();
  const asked: number[] = [];
  const said: string[] = [];
  const pages = new Pages(ALL, (node, url) => said.push(`${node} ${url}`), (port) => {
    asked.push(port);
    return Promise.resolve(listening.has(port));
  });
  const look = async () => {
    pages.look();
    await new Promise((resolve) => setTimeout(resolve));
    return pages.line;
  };
  assert.equal(await look(), "Pages: none yet, the daemons are starting");
  listening.add(1002);
  assert.equal(await look(), "Pages: http://127.0.0.1:1002/ beta");
  assert.equal(pages.areAllUp, false);
  listening.add(1001);
  assert.equal(await look(), "Pages: http://127.0.0.1:1001/ alpha, :1002 beta");
  assert.deepEqual(said, ["beta http://127.0.0.1:1002/", "alpha http://127.0.0.1:1001/"]);
  assert.equal(pages.areAllUp, true);
  listening.clear();
  await look();
  assert.deepEqual(asked, [1001, 1002, 1001, 1002, 1001]);
});

Deno.test("a page whose answer is slow is asked once at a time", () => {
  let count = 0;
  const pages = new Pages(ALL.slice(0, 1), () => {}, () => {
    count++;
    return new Promise(() => {});
  });
  pages.look();
  pages.look();
  assert.equal(count, 1);
});

Deno.test("the line with all pages fits 80 columns", async () => {
  const all = ["cluster", ...NODES].map((node, place) => ({ node, port: 65_000 + place }));
  const pages = new Pages(all, () => {}, () => Promise.resolve(true));
  pages.look();
  await new Promise((resolve) => setTimeout(resolve));
  assert.equal(pages.areAllUp, true);
  assert.ok(pages.line.length < 80, pages.line);
});
