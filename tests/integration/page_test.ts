/** The page in a real browser, with the real daemon and a stand-in for drbdsetup. */
import assert from "node:assert/strict";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { DEADLINE_MS } from "../support/processes/deadline.ts";
import { LiveDaemon } from "../support/processes/live_daemon.ts";
import { type Sample, sampleDump, sampleLines } from "../support/core/sample_lines.ts";
import { say } from "../support/print_line.ts";
import { requires } from "./require.ts";

const CHROMIUM = "/usr/bin/chromium";
const CHROMIUM_ARGS = [
  ...["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"],
  ...["--disable-component-update", "--disable-sync"],
];

const WEB: Sample = { name: "web", role: "Primary" };
const DB: Sample = { name: "db", minor: 1010, beta: { role: "Primary" } };
const MAIL: Sample = { name: "mail", minor: 1020 };

/** A page that notes what it should not do. */
class Visit implements AsyncDisposable {
  readonly #faults: string[] = [];
  /** Faults that a test expects: a connection that is refused is reported by the browser as well. */
  expected = /^$/;

  private constructor(readonly page: Page, readonly url: string) {}

  static async begin(browser: Browser, url: string, options: BrowserContextOptions = {}): Promise<Visit> {
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
    context.setDefaultTimeout(DEADLINE_MS);
    const visit = new Visit(await context.newPage(), url);
    visit.#watch();
    await visit.page.goto(url);
    return visit;
  }

  #watch(): void {
    this.page.on("console", (message) => {
      if (message.type() === "error" || message.type() === "warning") this.#faults.push(message.text());
    });
    this.page.on("pageerror", (error) => this.#faults.push(error.message));
    this.page.on("request", (request) => {
      const isOwn = request.url().startsWith(this.url) || request.url().startsWith("data:");
      if (!isOwn) this.#faults.push(`It asked for ${request.url()}`);
    });
  }

  row(name: string) {
    return this.page.locator(".row", { has: this.page.locator(`.name:text-is("${name}")`) });
  }

  /** Names of the rows, from top to bottom. */
  async names(): Promise<string[]> {
    return await this.page.locator("section:not([hidden]) .name").allTextContents();
  }

  async sees(names: readonly string[]): Promise<void> {
    await until(
      async () => isSame(await this.names(), names),
      async () => `${names}, not ${await this.names()}`,
    );
  }

  /**
   * Does something to the world, waits until the page shows it, and says how long that took: less than a second, on a machine
   * that has nothing else to do.
   */
  async soon(what: string, action: () => Promise<unknown>, shown: () => Promise<unknown>): Promise<void> {
    await action();
    const startMs = performance.now();
    await shown();
    say(`${what}: shown after ${Math.round(performance.now() - startMs)} ms`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.page.context().close();
    assert.deepEqual(this.#faults.filter((fault) => !this.expected.test(fault)), []);
  }
}

async function until(condition: () => Promise<boolean>, what: () => Promise<string>): Promise<void> {
  const endMs = performance.now() + DEADLINE_MS;
  while (!await condition()) {
    assert.ok(performance.now() < endMs, `Timed out waiting for ${await what()}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

function isSame(a: readonly string[], b: readonly string[]): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

type Step = (browser: Browser) => Promise<void>;

async function showsEverything(browser: Browser): Promise<void> {
  await using daemon = await LiveDaemon.start(sampleDump(WEB, DB, MAIL));
  await using visit = await Visit.begin(browser, daemon.url);
  await visit.sees(["db", "mail", "web"]);
  assert.equal(await visit.page.locator("#link").textContent(), "Live");
  assert.equal(await visit.page.locator("#node").textContent(), Deno.hostname());
  assert.match(await visit.page.title(), new RegExp(`^${Deno.hostname()} `));
  assert.equal(await visit.row("web").locator(".role").textContent(), "Primary here");
  assert.equal(await visit.row("db").locator(".role").textContent(), "Primary on beta");
  assert.equal(await visit.row("mail").locator(".role").textContent(), "No Primary");
  assert.match(await visit.row("web").locator(".peers").textContent() ?? "", /beta.*gamma/);
  assert.equal(await visit.page.locator("#attention").isVisible(), false);
  assert.match(await visit.page.locator("#age").textContent() ?? "", /^\d+ s ago$/);
}

async function showsHelpersWhenAsked(browser: Browser): Promise<void> {
  await using daemon = await LiveDaemon.start(sampleDump(WEB));
  await using visit = await Visit.begin(browser, daemon.url);
  await visit.sees(["web"]);
  await daemon.print("call helper name:web volume:0 minor:1000 helper:before-resync-target");
  const entry = visit.page.locator("#changes-list li", { hasText: "before-resync-target" });
  await entry.waitFor({ state: "attached" });
  assert.equal(await entry.isVisible(), false);
  assert.equal(await visit.page.locator("#changes-none").isVisible(), true);
  await visit.page.getByLabel("Helper calls too").check();
  await entry.waitFor();
}

async function showsServices(browser: Browser): Promise<void> {
  await using daemon = await LiveDaemon.start(sampleDump(WEB), {
    config:
      '[[api]]\naddress = "127.0.0.1:0"\n[[promoter]]\n[promoter.resources.web]\nstart = ["a.service"]\n' +
      "adjust-resource-on-start = false\n",
    programs: {
      systemctl: `case " $* " in *" show "*) ;; *) exit 0;; esac
for unit; do
  case $unit in
  --property=*) properties="$properties \${unit#--property=}" ;;
  *.service | *.target)
    for property in $properties; do
      case $property in
      LoadState) echo "$property=loaded" ;;
      ActiveState) echo "$property=active" ;;
      StateChangeTimestamp) echo "$property=Mon 2026-01-05 12:33:43 UTC" ;;
      *) echo "$property=" ;;
      esac
    done
    echo
    ;;
  esac
done`,
    },
  });
  await using visit = await Visit.begin(browser, daemon.url);
  await visit.row("web").locator("summary").click();
  const row = visit.row("web");
  await row.getByText(/^(running here|stopped here) since \d\d:\d\d:\d\d · file web$/).waitFor();
  await row.getByRole("row", { name: /^a\.service active 2026-01-05 \d\d:33:43$/ }).waitFor();
}

async function showsModuleOfDrbd8(browser: Browser): Promise<void> {
  const syncing: Sample = {
    ...WEB,
    beta: { disks: [{ replication: "SyncSource", disk: "Inconsistent", progress: "done:45.17" }] },
  };
  await using daemon = await LiveDaemon.start(sampleDump(syncing), {
    programs: { drbdadm: "echo DRBD_KERNEL_VERSION_CODE=0x08040b; echo DRBDADM_VERSION_CODE=0x091600" },
  });
  await using visit = await Visit.begin(browser, daemon.url);
  await visit.page.locator("#banner", { hasText: "kernel module 8.4.11 found, DRBD 9 needed" }).waitFor();
  await visit.page.locator("#attention .row", { hasText: "DRBD 9 needed" }).waitFor();
  assert.equal(await visit.row("web").locator(".sync").count(), 0);
}

async function showsDiskFailing(browser: Browser): Promise<void> {
  await using daemon = await LiveDaemon.start(sampleDump(WEB, DB, MAIL));
  await using visit = await Visit.begin(browser, daemon.url);
  await visit.sees(["db", "mail", "web"]);
  await visit.soon(
    "A disk that fails",
    () => daemon.print(...sampleLines("change", { ...WEB, disks: ["Failed"] })),
    () => visit.page.locator("#attention .row", { hasText: "the local disk of volume 0 failed" }).waitFor(),
  );
  assert.deepEqual(await visit.names(), ["web", "db", "mail"]);
  assert.equal(await visit.page.locator("#count-degraded").textContent(), "1");
  assert.match(await visit.page.title(), /^\(1\) /);
  assert.match(
    await visit.page.locator("#changes-list li").first().textContent() ?? "",
    /web volume 0: .*Failed/,
  );
  // Screen readers announce it.
  await visit.page.locator("#news", { hasText: "web: the local disk of volume 0 failed" }).waitFor({
    state: "attached",
  });
  await visit.soon(
    "A disk that is well again",
    () => daemon.print(...sampleLines("change", WEB)),
    () => visit.page.locator("#healthy .row", { hasText: "web" }).waitFor(),
  );
  assert.deepEqual(await visit.names(), ["db", "mail", "web"]);
}

async function showsResourceMoving(browser: Browser): Promise<void> {
  await using daemon = await LiveDaemon.start(sampleDump(WEB, DB));
  await using visit = await Visit.begin(browser, daemon.url);
  await visit.sees(["db", "web"]);
  await visit.soon(
    "A resource that moves away",
    () => daemon.print(...sampleLines("change", { name: "web", gamma: { role: "Primary" } })),
    () => visit.row("web").locator(".role", { hasText: "Primary on gamma" }).waitFor(),
  );
  await visit.soon(
    "A resource that comes here",
    () => daemon.print(...sampleLines("change", { ...DB, role: "Primary", beta: {} })),
    () => visit.row("db").locator(".role.here").waitFor(),
  );
}

async function showsResourcesComeAndGo(browser: Browser): Promise<void> {
  await using daemon = await LiveDaemon.start(sampleDump(WEB));
  await using visit = await Visit.begin(browser, daemon.url);
  await visit.sees(["web"]);
  await daemon.print(...sampleLines("create", DB), "rename resource name:web new_name:shop");
  await visit.sees(["db", "shop"]);
  await daemon.print("destroy resource name:db", "destroy resource name:shop");
  await visit.page.locator("#empty", { hasText: "No DRBD resource is up on this node" }).waitFor();
}

async function showsSync(browser: Browser): Promise<void> {
  const syncing = (done: string, eta: string): Sample => ({
    name: "web",
    disks: ["Inconsistent"],
    beta: {
      role: "Primary",
      disks: [{ replication: "SyncTarget", progress: `done:${done} dbdt1:50.00 eta:${eta}`, outOfSync: 5 }],
    },
  });
  await using daemon = await LiveDaemon.start(sampleDump(syncing("10.00", "90")));
  await using visit = await Visit.begin(browser, daemon.url);
  const bar = visit.page.getByRole("progressbar", { name: "Syncing from beta" });
  await bar.waitFor();
  assert.equal(await bar.getAttribute("value"), "10");
  assert.match(await visit.row("web").textContent() ?? "", /10\.0 % · 50 MiB\/s, 2 min left · \d+ s ago/);
  // Counters are no change, but they are shown.
  await daemon.print(...sampleLines("change", syncing("75.50", "30")));
  await visit.row("web").locator('progress[value="75.5"]').waitFor();
  await daemon.print(...sampleLines("change", { name: "web", beta: { role: "Primary" } }));
  await visit.page.locator("#healthy .row", { hasText: "web" }).waitFor();
  assert.equal(await bar.count(), 0);
}

async function filters(browser: Browser): Promise<void> {
  const outdated: Sample = { ...DB, disks: ["Outdated"] };
  await using daemon = await LiveDaemon.start(sampleDump(WEB, outdated, MAIL));
  await using visit = await Visit.begin(browser, daemon.url);
  const { page } = visit;
  await visit.sees(["db", "mail", "web"]);
  const box = page.getByRole("textbox", { name: "Filter resources" });
  await box.fill("degraded");
  await visit.sees(["db"]);
  assert.equal(await page.getByRole("button", { name: /^Problems/ }).getAttribute("aria-pressed"), "true");
  assert.equal(new URL(page.url()).hash, "#degraded");
  await box.fill("-degraded A");
  await visit.sees(["mail", "web"]);
  await box.fill("nothing like it");
  await page.getByText("No match for “nothing like it”.").waitFor();
  await page.getByRole("button", { name: "Clear the filter" }).click();
  await visit.sees(["db", "mail", "web"]);
  await page.getByRole("button", { name: /^Primary/ }).click();
  await visit.sees(["web"]);
  await daemon.print(...sampleLines("change", { ...MAIL, role: "Primary" }));
  await visit.sees(["mail", "web"]);
  await page.locator("#changes-list button", { hasText: "mail" }).first().click();
  await visit.sees(["mail"]);
  await page.reload();
  await visit.sees(["mail"]);
}

async function goesByKeyboard(browser: Browser): Promise<void> {
  await using daemon = await LiveDaemon.start(sampleDump(WEB, DB, MAIL));
  await using visit = await Visit.begin(browser, daemon.url);
  const { page } = visit;
  await visit.sees(["db", "mail", "web"]);
  const focused = () =>
    page.evaluate(
      "document.activeElement.querySelector?.('.name')?.textContent ?? document.activeElement.id",
    );
  await page.keyboard.press("/");
  assert.equal(await focused(), "filter");
  await page.keyboard.type("e");
  await visit.sees(["db", "mail", "web"]);
  await page.keyboard.press("Escape");
  assert.equal(await page.locator("#filter").inputValue(), "");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowDown");
  assert.equal(await focused(), "mail");
  await page.keyboard.press("Enter");
  await page.getByRole("cell", { name: "/dev/drbd1020" }).waitFor();
  await daemon.print(...sampleLines("change", { ...MAIL, disks: ["Failed"] }));
  await visit.sees(["mail", "db", "web"]);
  assert.equal(await focused(), "mail");
  assert.equal(await visit.row("mail").locator("details").getAttribute("open"), "");
  await page.keyboard.press("j");
  assert.equal(await focused(), "db");
  await page.keyboard.press("k");
  await page.keyboard.press("ArrowUp");
  assert.equal(await focused(), "filter");
}

async function showsDetails(browser: Browser): Promise<void> {
  await using daemon = await LiveDaemon.start(sampleDump({ ...WEB, quorum: false }));
  await using visit = await Visit.begin(browser, daemon.url);
  const { page } = visit;
  const decided = [{ time: new Date().toISOString(), plugin: "promoter", text: "stops: quorum is lost" }];
  await page.route("**/decisions", (route) => route.fulfill({ json: decided }));
  await visit.row("web").locator("summary").click();
  await page.getByText("stops: quorum is lost").waitFor();
  const row = visit.row("web");
  assert.match(await row.textContent() ?? "", /192\.0\.2\.1:7000 ↔ 192\.0\.2\.2:7000 established/);
  assert.equal(await row.getByRole("cell", { name: "/dev/vg0/web_0" }).count(), 1);
  assert.equal(await row.getByRole("cell", { name: "4 MiB" }).count(), 1);
  await daemon.print(...sampleLines("change", { ...WEB, quorum: false, writtenKib: 2097152 }));
  await row.getByRole("cell", { name: "2 GiB" }).waitFor();
  await page.getByText("stops: quorum is lost").waitFor();
}

async function reconnects(browser: Browser): Promise<void> {
  const before = await LiveDaemon.start(sampleDump(WEB, DB));
  const config = `[[api]]\naddress = "${new URL(before.url).host}"\n`;
  await using visit = await Visit.begin(browser, before.url);
  visit.expected = /ERR_CONNECTION_REFUSED|ERR_INCOMPLETE_CHUNKED_ENCODING|Failed to load resource/;
  await visit.sees(["db", "web"]);
  await before.process.stop();
  await before[Symbol.asyncDispose]();
  await visit.page.locator("#link", { hasText: "Reconnecting" }).waitFor();
  await visit.page.getByText(/No connection to drbdd.*Shown: the state of \d\d:\d\d:\d\d/).waitFor();
  assert.deepEqual(await visit.names(), ["db", "web"]);
  await using after = await LiveDaemon.start(sampleDump(MAIL, { ...WEB, disks: ["Failed"] }), { config });
  await visit.sees(["web", "mail"]);
  assert.equal(await visit.page.locator("#link").textContent(), "Live");
  assert.equal(await visit.page.locator("#banner").isVisible(), false);
  await visit.soon(
    "A change after a restart of the daemon",
    () => after.print(...sampleLines("change", { ...MAIL, role: "Primary" })),
    () => visit.row("mail").locator(".role.here").waitFor(),
  );
}

async function saysStale(browser: Browser): Promise<void> {
  await using daemon = await LiveDaemon.start(sampleDump(WEB));
  await using visit = await Visit.begin(browser, daemon.url);
  await visit.sees(["web"]);
  await Deno.writeTextFile(daemon.process.path("bin/drbdsetup"), "#!/bin/sh\nexit 20\n");
  for (const pid of await daemon.process.descendants()) {
    try {
      Deno.kill(pid, "SIGKILL");
    } catch {
      // It has ended with another.
    }
  }
  await visit.page.getByText(/The state may be outdated: drbdsetup events2 is not running/).waitFor();
  assert.equal(await visit.page.locator("#link").textContent(), "Stale");
  assert.match(
    await visit.page.locator("#banner").textContent() ?? "",
    /Shown: the state of \d\d:\d\d:\d\d\.$/,
  );
  assert.equal(await visit.page.evaluate("getComputedStyle(document.querySelector('main')).opacity"), "0.65");
  assert.deepEqual(await visit.names(), ["web"]);
}

async function asksForToken(browser: Browser): Promise<void> {
  const token = "0123456789abcdef0123456789abcdef";
  await using daemon = await LiveDaemon.start(sampleDump(WEB), {
    config: '[[api]]\naddress = "127.0.0.1:0"\ntoken-file = "$DIR/token"\n',
    files: { token },
  });
  await using visit = await Visit.begin(browser, daemon.url);
  visit.expected = /status of 401/;
  const urls: string[] = [];
  visit.page.on("request", (request) => urls.push(request.url()));
  const { page } = visit;
  await page.getByText("This server asks for a token").waitFor();
  assert.deepEqual(await visit.names(), []);
  await page.getByLabel("Token").fill("wrong-token-wrong-token");
  await page.keyboard.press("Enter");
  await page.getByText("This is not the right token").waitFor();
  await page.getByLabel("Token").fill(token);
  await page.getByRole("button", { name: "Show the resources" }).click();
  await visit.sees(["web"]);
  await visit.row("web").locator("summary").click();
  await page.getByRole("cell", { name: "/dev/drbd1000" }).waitFor();
  await page.reload();
  await visit.sees(["web"]);
  assert.ok(urls.length > 3 && urls.every((url) => !url.includes(token)));
}

async function showsAThousand(browser: Browser): Promise<void> {
  const samples = Array.from(
    { length: 1_000 },
    (_, number): Sample => ({ name: `r${number}`, minor: number * 2 }),
  );
  await using daemon = await LiveDaemon.start(sampleDump(...samples));
  await daemon.known();
  const startMs = performance.now();
  await using visit = await Visit.begin(browser, daemon.url);
  const { page } = visit;
  await page.locator("#count-all", { hasText: "1,000" }).waitFor();
  say(`1,000 resources: shown after ${Math.round(performance.now() - startMs)} ms`);
  const longest = await page.evaluate<number>(`(async () => {
    let longest = 0;
    let last = performance.now();
    for (let y = 0; y < document.body.scrollHeight; y += 400) {
      scrollTo(0, y);
      await new Promise(requestAnimationFrame);
      longest = Math.max(longest, performance.now() - last);
      last = performance.now();
    }
    return longest;
  })()`);
  say(`1,000 resources: longest frame while scrolling ${Math.round(longest)} ms`);
  await page.locator("footer").scrollIntoViewIfNeeded();
  assert.equal(await visit.row("r999").isVisible(), true);
  const names = await visit.names();
  assert.equal(names.length, 1_000);
  assert.deepEqual(names.slice(0, 3), ["r0", "r1", "r2"]);
  await visit.soon(
    "One of 1,000 resources that fails",
    () => daemon.print(...sampleLines("change", { name: "r500", minor: 1000, disks: ["Failed"] })),
    () => page.locator("#attention .row", { hasText: "r500" }).waitFor(),
  );
  await daemon.print(...samples.flatMap((sample) => sampleLines("change", { ...sample, role: "Primary" })));
  await page.locator("#count-primary", { hasText: "1,000" }).waitFor();
}

async function fitsPhone(browser: Browser): Promise<void> {
  const long = "a-resource-with-a-name-that-is-much-longer-than-any-telephone-is-wide";
  const troubled: Sample = {
    name: long,
    role: "Primary",
    disks: ["Failed", "UpToDate", "Inconsistent"],
    suspended: "quorum",
    beta: { connection: "NetworkFailure" },
    gamma: { disks: [{}, {}, { replication: "SyncSource", progress: "done:1.00 dbdt1:1.00 eta:99999" }] },
  };
  const others = Array.from(
    { length: 1_000 },
    (_, number): Sample => ({ name: `r${number}`, role: "Primary" }),
  );
  await using daemon = await LiveDaemon.start(sampleDump(...others, troubled));
  for (const colorScheme of ["light", "dark"] as const) {
    await using visit = await Visit.begin(browser, daemon.url, {
      viewport: { width: 360, height: 740 },
      colorScheme,
      hasTouch: true,
    });
    await visit.page.locator("#count-primary", { hasText: "1,001" }).waitFor();
    await visit.row(long).locator("summary").tap();
    await visit.page.getByText("Recent changes").tap();
    await visit.page.getByRole("cell", { name: `/dev/vg0/${long}_1` }).waitFor();
    const wide = await visit.page.evaluate<number>("document.documentElement.scrollWidth");
    assert.ok(wide <= 360, `The page is ${wide} pixels wide`);
    const ground = await visit.page.evaluate<string>("getComputedStyle(document.body).backgroundColor");
    assert.equal(ground, colorScheme === "dark" ? "rgb(18, 20, 23)" : "rgb(247, 247, 245)");
  }
}

async function speaks(browser: Browser): Promise<void> {
  await using daemon = await LiveDaemon.start(sampleDump(WEB, { ...DB, disks: ["Outdated"] }));
  await using visit = await Visit.begin(browser, daemon.url);
  const { page } = visit;
  await visit.sees(["db", "web"]);
  await page.getByRole("main").waitFor();
  const attention = page.getByRole("region", { name: "Needs attention 1" });
  assert.equal(await attention.getByRole("listitem").count(), 1);
  assert.match(await attention.getByRole("listitem").textContent() ?? "", /^Degraded: db/);
  assert.match(
    await page.getByRole("region", { name: "Healthy 1" }).getByRole("listitem").textContent() ?? "",
    /^OK: web/,
  );
  await page.getByRole("log", { name: "Recent changes" }).waitFor({ state: "attached" });
  await page.getByRole("link", { name: "Skip to the resources" }).waitFor({ state: "attached" });
  assert.equal(await page.locator("html").getAttribute("lang"), "en");
}

const STEPS: Readonly<Record<string, Step>> = {
  "shows every resource, who is Primary, and nothing to worry about": showsEverything,
  "shows a disk failing, and well again": showsDiskFailing,
  "shows calls of helpers when they are asked for": showsHelpersWhenAsked,
  "shows what the promoter is at, and its units": showsServices,
  "shows that the kernel module is too old, and no resync read through it": showsModuleOfDrbd8,
  "shows a resource moving": showsResourceMoving,
  "shows resources that come, go and are renamed": showsResourcesComeAndGo,
  "shows how a resync goes on": showsSync,
  "filters, and keeps the filter": filters,
  "goes by keyboard, and keeps the focus when a row moves": goesByKeyboard,
  "shows all that is known of a resource that is opened, and what was decided": showsDetails,
  "reconnects when the daemon was restarted": reconnects,
  "says that its state is stale": saysStale,
  "asks for the token, and never has it in an address": asksForToken,
  "shows and scrolls 1,000 resources": showsAThousand,
  "fits a telephone, light and dark": fitsPhone,
  "has names and roles for those who listen to it": speaks,
};

Deno.test(requires(["chromium"], {
  name: "the page in a browser",
  // The browser's connection is Playwright's to close.
  sanitizeOps: false,
  sanitizeResources: false,
  async fn(context) {
    const browser = await chromium.launch({ executablePath: CHROMIUM, args: CHROMIUM_ARGS });
    try {
      for (const [name, step] of Object.entries(STEPS)) {
        await context.step({ name, sanitizeOps: false, sanitizeResources: false, fn: () => step(browser) });
      }
    } finally {
      await browser.close();
    }
  },
}));
