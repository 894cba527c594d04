/** The plugin in a daemon, asked as an HTTP client would. */
import assert from "node:assert/strict";
import { gunzipSync } from "node:zlib";
import { DUMP_END, dumpOf, line } from "../../tests/support/core/events2_text.ts";
import { FedDaemon } from "../../tests/support/trials/fed_daemon.ts";
import { settle } from "../../tests/support/simulated/simulated_clock.ts";
import { VERSION } from "../../src/version.ts";
import type { PrometheusConfig } from "./config.ts";
import { prometheusPlugin } from "./mod.ts";

const CONFIG: PrometheusConfig = {
  address: { transport: "tcp", hostname: undefined, port: 9942 },
  enums: false,
};

async function start(config: Partial<PrometheusConfig> = {}): Promise<FedDaemon> {
  return await FedDaemon.start(prometheusPlugin, { ...CONFIG, ...config });
}

async function ask(fed: FedDaemon, path = "/metrics", init: RequestInit = {}): Promise<Response> {
  const handler = fed.effects.network.httpServers.get(":9942");
  assert.ok(handler, "nobody listens");
  return await handler(new Request(`http://alpha:9942${path}`, init));
}

async function scrape(fed: FedDaemon, init: RequestInit = {}): Promise<string> {
  const response = await ask(fed, "/metrics", init);
  assert.equal(response.status, 200);
  return await response.text();
}

function has(text: string, series: string): void {
  assert.ok(text.split("\n").includes(series), `No series "${series}" in:\n${text}`);
}

Deno.test("prometheus answers in the text format, everything in order", async () => {
  await using fed = await start();
  await fed.printDump("web");
  const response = await ask(fed);
  assert.equal(response.headers.get("content-type"), "text/plain; version=0.0.4; charset=utf-8");
  const text = await response.text();
  has(text, "drbdreactor_up 1");
  has(text, 'drbd_version{kmod="9.2.14",utils="9.34.0"} 1');
  has(text, "drbd_resource_resources 1");
  has(text, 'drbd_resource_promotionscore{name="web"} 10102');
  has(text, `drbdd_build_info{version="${VERSION}"} 1`);
  has(text, "drbdd_stale 0");
  // The end of the dump is one as well.
  has(text, "drbdd_events_total 6");
  has(text, 'drbdd_plugin_restarts_total{plugin="prometheus"} 0');
  assert.ok(text.endsWith("\n"));
  assert.doesNotMatch(text, /# EOF/);
});

Deno.test("prometheus shows what the process of drbdd uses", async () => {
  await using fed = await start();
  await fed.printDump("web");
  fed.effects.usage = {
    startedMs: 1_700_000_000_500,
    residentBytes: 61_440_000,
    cpuSeconds: 2.25,
    openFiles: 9,
  };
  await fed.effects.clock.advance(10_000);
  await scrape(fed);
  const text = await scrape(fed);
  has(text, "process_start_time_seconds 1700000000.5");
  has(text, "process_resident_memory_bytes 61440000");
  has(text, "process_cpu_seconds_total 2.25");
  has(text, "process_open_fds 9");
});

Deno.test("prometheus shows each metric once, its series together and by the names of the resources", async () => {
  await using fed = await start({ enums: true });
  await fed.printDump("web", "a-b", "db", "a.b", "B");
  const seen = new Set<string>();
  let metric = "";
  let names: string[] = [];
  for (const text of (await scrape(fed)).split("\n")) {
    const [, header] = /^# HELP (\S+) ./.exec(text) ?? [];
    const [, series, name] = /^([^{ #]+)(?:\{name="([^"]+)")?/.exec(text) ?? [];
    if (header !== undefined) {
      assert.ok(!seen.has(header), header);
      seen.add(header);
      metric = header;
      names = [];
    }
    if (series !== undefined) assert.equal(series, metric);
    if (name !== undefined) names.push(name);
    assert.deepEqual(names, names.toSorted());
  }
  assert.ok(seen.size > 35, `Only ${seen.size} metrics`);
});

Deno.test("prometheus answers in OpenMetrics to those who ask for it", async () => {
  await using fed = await start();
  await fed.printDump("web");
  const accept = "application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5,*/*;q=0.1";
  const response = await ask(fed, "/metrics", { headers: { accept } });
  const type = "application/openmetrics-text; version=1.0.0; charset=utf-8";
  assert.equal(response.headers.get("content-type"), type);
  const text = await response.text();
  assert.ok(text.endsWith("\n# EOF\n"));
  assert.equal(text.indexOf("# EOF"), text.length - 6);
  const seriesOf = (answer: string) => answer.split("\n").filter((each) => !each.startsWith("#")).join("\n");
  assert.equal(seriesOf(text), seriesOf(await scrape(fed)));
  assert.match(text, /# TYPE drbd_device_read_bytes counter\n# UNIT drbd_device_read_bytes bytes\n/);
});

Deno.test("prometheus answers the same a second time, and compressed", async () => {
  await using fed = await start({ enums: true });
  await fed.printDump("web", "db");
  const text = await scrape(fed);
  assert.equal(await scrape(fed), text);
  const response = await ask(fed, "/metrics", { headers: { "accept-encoding": "gzip, deflate" } });
  assert.equal(response.headers.get("content-encoding"), "gzip");
  assert.equal(gunzipSync(new Uint8Array(await response.arrayBuffer())).toString(), text);
});

Deno.test("prometheus does not let Deno compress what is not to be compressed", async () => {
  await using fed = await start();
  const { headers } = await ask(fed, "/metrics", { headers: { "accept-encoding": "br" } });
  assert.equal(headers.get("content-encoding"), null);
  assert.match(headers.get("cache-control") ?? "", /no-transform/);
  assert.equal(headers.get("vary"), "Accept, Accept-Encoding");
});

Deno.test("prometheus answers HEAD with the headers of GET and no body", async () => {
  await using fed = await start();
  for (const path of ["/metrics", "/"]) {
    const [head, get] = await Promise.all(["HEAD", "GET"].map((method) => ask(fed, path, { method })));
    assert.ok(head && get);
    assert.deepEqual([...head.headers], [...get.headers]);
    assert.equal(await head.text(), "");
    assert.notEqual(await get.text(), "");
  }
});

for (
  const path of [
    "/metric",
    "/metrics/",
    "/metrics/web",
    "//metrics",
    "/METRICS",
    "/favicon.ico",
    "/%6Detrics",
  ]
) {
  Deno.test(`prometheus refuses the path ${path}`, async () => {
    await using fed = await start();
    const response = await ask(fed, path);
    assert.equal(response.status, 404);
    assert.doesNotMatch(await response.text(), /drbdreactor_up/);
  });
}

for (const method of ["POST", "PUT", "DELETE", "OPTIONS", "PATCH", "PROPFIND"]) {
  Deno.test(`prometheus refuses the method ${method}`, async () => {
    await using fed = await start();
    const response = await ask(fed, "/metrics", { method });
    assert.equal(response.status, 405);
    assert.equal(response.headers.get("allow"), "GET, HEAD");
    assert.doesNotMatch(await response.text(), /drbdreactor_up/);
  });
}

Deno.test("prometheus has a page that leads to the metrics, whatever the query", async () => {
  await using fed = await start();
  assert.match(await (await ask(fed, "/?x=1")).text(), /href="\/metrics"/);
  assert.equal((await ask(fed, "/metrics?name[]=x")).status, 200);
});

Deno.test("prometheus shows each change at the next scrape", async () => {
  await using fed = await start({ enums: true });
  await fed.printDump("web");
  has(await scrape(fed), 'drbd_resource_role{name="web",drbd_resource_role="Secondary"} 1');
  await fed.print(line("change", "resource", { role: "Primary", may_promote: "no" }));
  const text = await scrape(fed);
  has(text, 'drbd_resource_role{name="web",drbd_resource_role="Primary"} 1');
  has(text, 'drbd_resource_role{name="web",drbd_resource_role="Secondary"} 0');
});

Deno.test("prometheus shows force-io-failures as it changes", async () => {
  await using fed = await start();
  await fed.printDump("web");
  for (const [value, want] of [["yes", 1], ["no", 0], ["yes", 1]]) {
    await fed.print(line("change", "resource", { "force-io-failures": value }));
    has(await scrape(fed), `drbd_resource_forceiofailures{name="web"} ${want}`);
  }
});

Deno.test("prometheus shows counters that moved without a change of state", async () => {
  await using fed = await start();
  await fed.printDump("web");
  await scrape(fed);
  await fed.print(line("change", "device", { written: 4, "upper-pending": 1 }));
  const text = await scrape(fed);
  has(text, 'drbd_device_written_bytes_total{name="web",volume="0",minor="1000"} 4096');
  has(text, 'drbd_device_upperpending{name="web",volume="0",minor="1000"} 1');
});

Deno.test("prometheus forgets what is gone and follows a rename", async () => {
  await using fed = await start();
  await fed.printDump("web", "db");
  await fed.print(line("destroy", "resource", { name: "db" }), "rename resource name:web new_name:shop");
  const text = await scrape(fed);
  assert.doesNotMatch(text, /name="(db|web)"/);
  has(text, 'drbd_resource_maypromote{name="shop"} 1');
  has(text, "drbd_resource_resources 1");
});

Deno.test("prometheus answers before anything is known, and says that", async () => {
  await using fed = await start();
  const text = await scrape(fed);
  has(text, "drbdreactor_up 1");
  has(text, "drbdd_stale 1");
  has(text, "drbd_resource_resources 0");
});

Deno.test("prometheus shows the last state while drbdsetup events2 is not running, and says so", async () => {
  await using fed = await start();
  await fed.printDump("web");
  await fed.killDrbdsetup();
  const text = await scrape(fed);
  has(text, "drbdd_stale 1");
  has(text, "drbdd_drbdsetup_restarts_total 1");
  has(text, 'drbd_resource_maypromote{name="web"} 1');
});

Deno.test("prometheus counts what drbdsetup says that is not understood, and calls of helpers", async () => {
  await using fed = await start();
  await fed.printDump("web");
  await fed.print(
    "change nothing name:web",
    "change device volume:0",
    line("change", "device", { name: "nobody" }),
    "call helper name:web helper:quorum-lost volume:0 minor:1000",
    "response helper name:web helper:quorum-lost volume:0 minor:1000 status:0",
  );
  const text = await scrape(fed);
  has(text, 'drbdd_rejected_lines_total{reason="its second word is no object of events2"} 1');
  has(text, "drbdd_stray_events_total 1");
  has(text, 'drbdd_helper_calls_total{helper="quorum-lost"} 1');
});

Deno.test("prometheus shows what other plugins count, escaped", async () => {
  await using fed = await start();
  const runs = fed.daemon.metrics.family("drbdd_umh_runs_total", "counter", "Commands that were started");
  runs.add({ rule: 'say "hi"\\' }, 3);
  fed.daemon.metrics.family("drbdd_promoter_state", "gauge", "Phase").set(
    { name: "web", state: "started" },
    1,
  );
  fed.daemon.metrics.family("drbdd_odd", "counter", "A counter by an odd name").add({});
  const text = await scrape(fed);
  has(text, 'drbdd_umh_runs_total{rule="say \\"hi\\"\\\\"} 3');
  has(text, 'drbdd_promoter_state{name="web",state="started"} 1');
  assert.match(text, /# TYPE drbdd_odd untyped\ndrbdd_odd 1\n/);
});

Deno.test("prometheus escapes names", async () => {
  await using fed = await start();
  await fed.print(...dumpOf('we"b\\'), DUMP_END);
  has(await scrape(fed), 'drbd_resource_maypromote{name="we\\"b\\\\"} 1');
});

Deno.test("prometheus makes one answer for all who ask at once", async () => {
  await using fed = await start();
  await fed.printDump("web");
  const texts = await Promise.all([scrape(fed), scrape(fed), scrape(fed)]);
  assert.equal(new Set(texts).size, 1);
});

Deno.test("prometheus works without drbdadm, less its versions", async () => {
  await using fed = await start();
  fed.effects.processes.install("drbdadm", undefined);
  await fed.printDump("web");
  await fed.killDrbdsetup();
  await fed.effects.clock.advance(200);
  await fed.printDump("web");
  await scrape(fed);
  await settle();
  // What was known stays.
  has(await scrape(fed), 'drbd_version{kmod="9.2.14",utils="9.34.0"} 1');
});

Deno.test("prometheus says that its address is taken, and tries again", async () => {
  await using fed = await start();
  const taken = await FedDaemon.start(prometheusPlugin, CONFIG, { network: fed.effects.network });
  const [message] = taken.log.from("error");
  assert.match(
    message ?? "",
    /^error: Plugin prometheus failed; restarting it in 1 s: Cannot listen on :9942: /,
  );
  await fed[Symbol.asyncDispose]();
  await taken.effects.clock.advance(1_000);
  assert.ok(fed.effects.network.httpServers.has(":9942"));
  await taken[Symbol.asyncDispose]();
});

Deno.test("prometheus restarts its server when that cannot go on", async () => {
  await using fed = await start();
  await fed.printDump("web");
  fed.effects.network.failHttp(":9942", new Error("Too many open files"));
  await settle();
  assert.equal(fed.effects.network.httpServers.size, 0);
  await fed.effects.clock.advance(1_000);
  has(await scrape(fed), 'drbdd_plugin_restarts_total{plugin="prometheus"} 1');
});

Deno.test("prometheus stops listening when its signal aborts", async () => {
  const fed = await start();
  assert.equal(fed.effects.network.httpServers.size, 1);
  await fed[Symbol.asyncDispose]();
  assert.equal(fed.effects.network.httpServers.size, 0);
});
