/** The exporter with Prometheus' own programs, as real processes. */
import assert from "node:assert/strict";
import { dump, role, statistics } from "../../scripts/bench/parts/scrape_lines.ts";
import { LiveDaemon } from "../support/processes/live_daemon.ts";
import { say } from "../support/print_line.ts";
import { requires } from "./require.ts";
import { freeTcpPort } from "./servers/ports.ts";
import { until } from "./servers/until.ts";

const SOME = { resources: 5, volumes: 2, peers: 2 };
/** How long Prometheus scrapes. */
const SCRAPED_MS = 60_000;
const EXAMPLES = new URL("../../example/prometheus/", import.meta.url).pathname;
const OPEN_METRICS = "application/openmetrics-text; version=1.0.0; charset=utf-8";

const linesOf = (text: string) => text.trimEnd().split("\n");

interface Exporter extends AsyncDisposable {
  readonly daemon: LiveDaemon;
  readonly url: string;
}

async function exporter(): Promise<Exporter> {
  const daemon = await LiveDaemon.start(linesOf(dump(SOME)), {
    config: '[[api]]\naddress = "127.0.0.1:0"\n[[prometheus]]\naddress = "[::1]:0"\nenums = true\n' +
      '[[umh]]\n[[umh.resource]]\nname = "a \\"rule\\""\ncommand = "true"\n',
    programs: { drbdadm: "echo DRBD_KERNEL_VERSION_CODE=0x09020e; echo DRBDADM_VERSION_CODE=0x092200" },
  });
  await daemon.known();
  await daemon.process.said(/Serving metrics at/);
  const [, url = ""] = /Serving metrics at (\S+)/.exec(daemon.process.matching(/Serving metrics/)[0] ?? "") ??
    [];
  return { daemon, url, [Symbol.asyncDispose]: () => daemon[Symbol.asyncDispose]() };
}

async function run(program: string, args: string[], input = ""): Promise<{ code: number; text: string }> {
  const child = new Deno.Command(program, { args, stdin: "piped", stdout: "piped", stderr: "piped" }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(input));
  await writer.close();
  const { code, stdout, stderr } = await child.output();
  return { code, text: new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr) };
}

async function scrape(url: string, accept = "*/*"): Promise<{ type: string | null; text: string }> {
  const response = await fetch(url, { headers: { accept } });
  assert.equal(response.status, 200);
  return { type: response.headers.get("content-type"), text: await response.text() };
}

const READ_STRICTLY = "import sys\n" +
  "from prometheus_client.openmetrics.parser import text_string_to_metric_families as read\n" +
  "print(sum(len(family.samples) for family in read(sys.stdin.read())))\n";

Deno.test(requires(["promtool", "python3"], {
  name: "promtool and the strict reader of OpenMetrics have nothing to say against the metrics",
  async fn() {
    await using exported = await exporter();
    const plain = await scrape(exported.url);
    assert.deepEqual(await run("promtool", ["check", "metrics"], plain.text), { code: 0, text: "" });

    const open = await scrape(exported.url, OPEN_METRICS);
    assert.equal(open.type, OPEN_METRICS);
    const samples = open.text.split("\n").filter((line) => line !== "" && !line.startsWith("#")).length;
    const strict = await run("/usr/bin/python3", ["-c", READ_STRICTLY], open.text);
    assert.deepEqual(strict, { code: 0, text: `${samples}\n` });
    // promtool reads the older format only: it knows no type "unknown", and takes the name of a counter with its _total.
    const older = open.text.replaceAll(/^# TYPE (\S+) unknown$/gm, "# TYPE $1 untyped")
      .replaceAll(
        /^# (HELP|TYPE) (\S+)( .*)$/gm,
        (line, word, name, rest) =>
          open.text.includes(`# TYPE ${name} counter\n`) ? `# ${word} ${name}_total${rest}` : line,
      );
    assert.deepEqual(await run("promtool", ["check", "metrics"], older), { code: 0, text: "" });
    const values = (text: string) => text.split("\n").filter((line) => line.startsWith("drbd_")).sort();
    assert.deepEqual(values(open.text), values(plain.text));
  },
}));

Deno.test(requires(["promtool"], {
  name: "the alert rules fire when they should, and not before",
  async fn() {
    const checked = await run("promtool", ["check", "rules", `${EXAMPLES}drbdd-rules.yaml`]);
    assert.match(checked.text, /SUCCESS: \d+ rules found/);
    const { code, text } = await run("promtool", ["test", "rules", `${EXAMPLES}drbdd-rules.test.yaml`]);
    assert.deepEqual([code, text.trim().split("\n").at(-1)?.trim()], [0, "SUCCESS"], text);
  },
}));

/** A Prometheus server that scrapes one exporter every other second, and waits for it as long. */
class Prometheus implements AsyncDisposable {
  private constructor(
    readonly url: string,
    readonly folder: string,
    readonly child: Deno.ChildProcess,
  ) {}

  static async start(target: string): Promise<Prometheus> {
    const folder = await Deno.makeTempDir({ prefix: "drbdd-prometheus-" });
    await Deno.writeTextFile(
      `${folder}/prometheus.yml`,
      `global: { scrape_interval: 2s, scrape_timeout: 2s, evaluation_interval: 2s }\n` +
        `rule_files: ["${EXAMPLES}drbdd-rules.yaml"]\n` +
        `scrape_configs:\n  - job_name: drbdd\n    static_configs: [{ targets: ["${target}"] }]\n`,
    );
    const port = freeTcpPort();
    const args = [
      `--config.file=${folder}/prometheus.yml`,
      `--storage.tsdb.path=${folder}/data`,
      `--web.listen-address=127.0.0.1:${port}`,
    ];
    const child = new Deno.Command("prometheus", { args, stdout: "null", stderr: "null" }).spawn();
    const prometheus = new Prometheus(`http://127.0.0.1:${port}`, folder, child);
    await until(
      () => fetch(`${prometheus.url}/-/ready`).then(succeeded, () => false),
      "Prometheus to be ready",
    );
    return prometheus;
  }

  /** The values of an instant query, by the label that tells them apart. */
  async ask(query: string, label: string): Promise<Map<string, number>> {
    const response = await fetch(`${this.url}/api/v1/query?query=${encodeURIComponent(query)}`);
    const { status, data } = await response.json();
    assert.equal(status, "success");
    return new Map(
      data.result.map(({ metric, value }: { metric: Record<string, string>; value: [number, string] }) => [
        metric[label],
        Number(value[1]),
      ]),
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.child.kill("SIGTERM");
    await this.child.status;
    await Deno.remove(this.folder, { recursive: true });
  }
}

async function succeeded(response: Response): Promise<boolean> {
  await response.body?.cancel();
  return response.ok;
}

Deno.test(requires(["promtool", "prometheus"], {
  name: "a Prometheus server scrapes for a minute, and answers the queries of a dashboard",
  async fn() {
    await using exported = await exporter();
    await using prometheus = await Prometheus.start(new URL(exported.url).host);
    const endMs = performance.now() + SCRAPED_MS;
    for (let run = 0; performance.now() < endMs; run++) {
      await exported.daemon.print(...linesOf(statistics(SOME, run)), ...linesOf(role(SOME, 0)));
      const later = `timestamp(up) > ${Date.now() / 1000}`;
      await until(async () => (await prometheus.ask(later, "job")).size > 0, "a scrape");
    }
    const primary = 'sum by (name) (drbd_resource_role{drbd_resource_role="Primary"})';
    assert.deepEqual(
      await prometheus.ask(primary, "name"),
      new Map([0, 1, 2, 3, 4].map((place) => [`resource-000${place}`, place === 0 ? 1 : 0])),
    );
    const written = await prometheus.ask(
      "sum by (name) (rate(drbd_device_written_bytes_total[30s]))",
      "name",
    );
    assert.equal(written.size, 5);
    for (const rate of written.values()) assert.ok(rate > 0, `${rate}`);
    const quorate = "count by (name) (drbd_device_quorum == 1)";
    assert.deepEqual([...(await prometheus.ask(quorate, "name")).values()], [2, 2, 2, 2, 2]);
    assert.deepEqual(await prometheus.ask("min_over_time(up[50s])", "job"), new Map([["drbdd", 1]]));
    const [scrapes] = (await prometheus.ask("count_over_time(up[1m])", "job")).values();
    const alerts = await prometheus.ask('ALERTS{alertstate="firing"}', "alertname");
    say(`Prometheus scraped ${scrapes} times in the last minute; alerts that fire: ${[...alerts.keys()]}`);
    assert.ok((scrapes ?? 0) > 15);
    assert.deepEqual([...alerts.keys()], []);
  },
}));
