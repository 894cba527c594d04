/**
 * Takes the screenshot of the web page for the README: docs/images/page.png.
 *
 *     deno task screenshot
 *
 * A real daemon serves the page, with a stand-in for drbdsetup that prints the state of three resources; Chromium shows it.
 */
import { chromium } from "playwright-core";
import { LiveDaemon } from "../tests/support/processes/live_daemon.ts";
import { sampleDump, sampleLines } from "../tests/support/core/sample_lines.ts";
import { print } from "./build/command.ts";

const USAGE = `Usage: deno task screenshot

Takes the screenshot of the web page for the README, docs/images/page.png. Needs Chromium as /usr/bin/chromium (Debian:
apt-get install chromium).
`;

const IMAGE = new URL("../docs/images/page.png", import.meta.url).pathname;
const NODE = "alpha";

/** A service here, one on a peer, and a resource that a disk failed of while another one is resynced. */
const DUMP = sampleDump(
  { name: "web", role: "Primary", sizeKib: 20 * 1024 * 1024 },
  { name: "db", minor: 1010, sizeKib: 100 * 1024 * 1024, beta: { role: "Primary" } },
  { name: "mail", minor: 1020, sizeKib: 50 * 1024 * 1024, gamma: { role: "Primary" } },
);
const LATER = [
  sampleLines("change", {
    ...{ name: "db", minor: 1010, sizeKib: 100 * 1024 * 1024, beta: { role: "Primary" } },
    gamma: {
      disks: [{
        replication: "SyncSource",
        disk: "Inconsistent",
        progress: "done:70.00 dbdt1:112.40 eta:273",
        outOfSync: 31_457_280,
      }],
    },
  }),
  sampleLines("change", {
    ...{ name: "mail", minor: 1020, sizeKib: 50 * 1024 * 1024, gamma: { role: "Primary" } },
    disks: ["Failed"],
  }),
];

if (Deno.args.length > 0) {
  print(USAGE.trimEnd());
  Deno.exit(Deno.args[0] === "--help" ? 0 : 2);
}
await using daemon = await (await LiveDaemon.start(DUMP)).known();
const browser = await chromium.launch({
  executablePath: "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu"],
});
try {
  const page = await browser.newPage({ viewport: { width: 1000, height: 560 }, deviceScaleFactor: 1.5 });
  await page.goto(daemon.url);
  await page.locator('.name:text-is("web")').waitFor();
  for (const lines of LATER) await daemon.print(...lines);
  await page.locator("#attention").waitFor();
  // The machine that this runs on has another name.
  await page.evaluate(`document.querySelector("#node").textContent = ${JSON.stringify(NODE)}`);
  await page.screenshot({ path: IMAGE });
  print(`Written: ${IMAGE}`);
} finally {
  await browser.close();
}
