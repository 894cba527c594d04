/** The whole demo in a pipe: what it shows, and that nothing of it is left. */
import assert from "node:assert/strict";
import { DemoProcess } from "./demo_process.ts";

/**
 * What is seen of each step, after the line with which it begins. Decisions are those of drbdd's log. Where programs start
 * slowly, drbdd stops what was demoted before it has learnt why.
 */
const STEPS: readonly (readonly [begins: RegExp, ...shows: readonly RegExp[]])[] = [
  [
    /drbdd is started on each/,
    /(alpha|beta|gamma) +web: start: DRBD may promote here$/,
    /(alpha|beta|gamma) +db: start: DRBD may promote here$/,
    /seen +web is up on/,
    /seen +db is up on/,
    /^(alpha|beta|gamma) +Primary +UpToDate +yes +running /,
  ],
  [
    /loses power, with .*web/,
    /web: start: DRBD may promote here$/,
    /web is up on \w+; it was down for [\d.]+ s$/,
    /no power$/,
  ],
  [/is switched on again/, /^(alpha|beta|gamma) +Secondary +UpToDate +yes /],
  [
    /The network splits: \w+, with .*db/,
    /db: stop: quorum is lost$/,
    /db is up on \w+; it was down for/,
    /^(alpha|beta|gamma) +Secondary +\w+ +no .*nobody$/,
  ],
  [/The network is whole again/],
  [
    /nginx, the service of web, dies/,
    /web: stop: (nginx\.service failed|demoted unexpectedly)$/,
    /web is up on \w+; it was down for/,
  ],
  [
    /The disk under db fails/,
    /db: stop: the local disk of volume 0 is lost and a peer is UpToDate$/,
    /db is up on \w+; it was down for/,
    / Diskless /,
  ],
  [
    /drbddctl evict --all --delay 300$/,
    /web: stop: (.* was masked and stopped .*|demoted unexpectedly)$/,
    /drbddctl: web: \w+ took over/,
  ],
  [/Everything is repaired/],
  [/Everything came out as expected/],
];

Deno.test("the demo shows what three daemons decide, and leaves nothing behind", async () => {
  await using demo = await DemoProcess.start("--pause", "0.2");
  const line = await demo.line(/^\d:\d\d demo +page of the cluster: http:\/\/127\.0\.0\.1:\d+\/$/);
  const cluster = await (await fetch(`${/http:.*/.exec(line)?.[0]}view`)).json();
  assert.match(cluster.table, /^alpha /m);
  const pages = [];
  for (const node of ["alpha", "beta", "gamma"]) {
    const line = await demo.line(new RegExp(`${node} +page: http://127\\.0\\.0\\.1:\\d+/$`));
    const [url = ""] = /http:.*/.exec(line) ?? [];
    // It answers at once, or else its node has lost power since.
    pages.push(fetch(url).then((page) => page.text()).catch(() => ""));
  }
  assert.ok((await Promise.all(pages)).some((page) => page.includes("<html")));
  assert.equal(await demo.end(), 0, demo.errors);
  assert.equal(demo.errors, "");
  const steps = stepsOf(demo.lines);
  assert.equal(steps.length, STEPS.length, demo.lines.join("\n"));
  for (const [place, [begins, ...shows]] of STEPS.entries()) {
    const lines = steps[place] ?? [];
    for (const pattern of [begins, ...shows]) {
      assert.ok(lines.some((line) => pattern.test(line)), `No line like ${pattern} in:\n${lines.join("\n")}`);
    }
  }
  assert.deepEqual(demo.lines.filter((line) => line.includes("\x1b")), []);
  await demo.assertNothingIsLeft();
});

/** The lines of each step, which begins with `TIME === TEXT`. */
function stepsOf(lines: readonly string[]): string[][] {
  const steps: string[][] = [];
  for (const line of lines) {
    if (/^\d+:\d\d === /.test(line)) steps.push([]);
    steps.at(-1)?.push(line);
  }
  return steps;
}
