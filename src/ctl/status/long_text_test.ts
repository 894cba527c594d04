import assert from "node:assert/strict";
import { DUMP_END, dumpOf, line } from "../../../tests/support/core/events2_text.ts";
import { read } from "../../../tests/support/core/read_chunks.ts";
import { modelResource } from "../../../tests/support/core/resource_json.ts";
import { promoter, report, unit } from "../../../tests/support/trials/status_report.ts";
import { TROUBLES, troubleUnits } from "../../../tests/support/trials/troubles.ts";
import { Style } from "../screen/style.ts";
import { healthCode, healthOfPromoter } from "./health.ts";
import { statusJson } from "./json.ts";
import type { Report, SecondaryStatus } from "./report.ts";
import { shortText } from "./short_text.ts";
import { longText } from "./long_text.ts";

const style = new Style({ isColoured: false, isUnicode: true });

const text = (report: Report, columns?: number) => longText(report, { style, isVerbose: false, columns });

Deno.test("longText() puts the file at the right, but not too far, and below if there is no room", () => {
  const heads = (columns: number) =>
    text(report(promoter("web")), columns).filter((line) => /web\.toml|Primary on/.test(line));
  assert.deepEqual(heads(60), [`web: Primary on this node${" ".repeat(14)}/etc/drbdd.d/web.toml`]);
  assert.equal(heads(200)[0]?.length, 100);
  assert.deepEqual(heads(40), ["web: Primary on this node", "  /etc/drbdd.d/web.toml"]);
});

Deno.test("longText() lists as many names that need attention as there is room for", () => {
  const failed = Array.from(
    { length: 500 },
    (_, place) => promoter(`res${place}`, { target: unit("drbd-services@x.target", "failed") }),
  );
  const last = (columns?: number) => text(report(...failed), columns).at(-1) ?? "";
  assert.match(last(80), /^500 need attention: res0, res1, .* and 49\d more$/);
  assert.ok(last(80).length <= 80);
  assert.match(last(30), /^500 need attention: res0 and 499 more$/);
  assert.equal(last().split(", ").length, 500);
});

Deno.test("longText() says what systemd is about to do", () => {
  const lines = text(report(promoter("web", {
    target: unit("drbd-services@web.target", "activating"),
    dependencies: [unit("drbd-promote@web.service"), unit("a.service", "deactivating")],
  })));
  assert.ok(lines.includes("● drbd-services@web.target (activating)"));
  assert.ok(lines.includes("● └─ a.service (deactivating)"));
});

Deno.test("longText() warns of services without the role, and of the role without services", () => {
  const both = text(report(
    promoter("web", { target: unit("drbd-services@web.target", "inactive") }),
    promoter("db", { primaryOn: "beta" }),
  )).join("\n");
  assert.match(
    both,
    /× Primary here, but drbd-services@web\.target is inactive\n {4}Next: journalctl -u drbdd/,
  );
  assert.match(both, /! drbd-services@db\.target is active here, but the resource is Primary on beta\n/);
});

Deno.test("longText() shows what did not start for a condition, and what runs without its resource", () => {
  const promote = (name: string, state: string) => unit(`drbd-promote@${name}.service`, state);
  const lines = text(report(
    promoter("web", {
      dependencies: [promote("web", "active"), { ...unit("a.service", "inactive"), isHeldBack: true }],
    }),
    promoter("db", {
      primaryOn: undefined,
      target: unit("drbd-services@db.target", "inactive"),
      dependencies: [promote("db", "inactive"), unit("b.service")],
    }),
  )).join("\n");
  assert.match(lines, /! incomplete: a\.service did not start, .*\n {4}Next: systemctl status 'a\.service'/);
  assert.match(lines, /! b\.service active, but .* not Primary here\n {4}Next: systemctl stop 'b\.service'/);
});

Deno.test("longText() of nothing says so", () => {
  assert.deepEqual(text(report()), [
    "● drbdd.service",
    "",
    "No promoter is configured, and no other plugin.",
  ]);
});

Deno.test("longText() says that nothing protects from two Primaries, and that there are two, each with what to do", () => {
  const dump = [
    ...dumpOf("web"),
    line("change", "resource", { role: "Primary" }),
    line("change", "connection", { role: "Primary" }),
    DUMP_END,
    "",
  ];
  const resource = read(new TextEncoder().encode(dump.join("\n"))).stream.resource("web");
  const protection = { by: "none", lack: "quorum is off", remedy: "options { quorum majority; }" } as const;
  const lines = text(report(promoter("web", { resource, protection })));
  const said = lines.slice(lines.findIndex((each) => each.includes("two Primaries: ")), -3);
  assert.deepEqual(said, [
    "  × two Primaries: this node and beta",
    "    Next: stop its services on one of the two, then drbdadm secondary web there",
    "  ! no split-brain protection, so nothing is started: quorum is off",
    "    Next: options { quorum majority; }",
  ]);
  assert.equal(lines.at(-1), "1 needs attention: web");
});

Deno.test("longText() says that the configuration was not reloaded, why, and what to do", () => {
  const refused = {
    beganMs: 0,
    endedMs: 1,
    loadedMs: 0,
    errors: Array.from("abcdefg", (letter) => `error ${letter}`),
  };
  const lines = text({ ...report(), configuration: { ...refused, result: "errors" } });
  assert.deepEqual(lines.slice(1, 9), [
    "! Configuration not reloaded: its last reload had errors; drbdd uses the one it read 1970-01-01T00:00:00.000Z",
    ...Array.from("abcde", (letter) => `    error ${letter}`),
    "    and 2 more",
    "  Next: fix them (drbddctl check), then drbddctl reload --wait",
  ]);
  assert.match(
    text({ ...report(), configuration: { ...refused, result: "needsRestart" } }).join(),
    /restart drbdd/,
  );
  assert.doesNotMatch(
    text({ ...report(), configuration: { ...refused, result: "loaded" } }).join(),
    /not reloaded/,
  );
});

const CODES = { ok: 0, degraded: 3, down: 4, unknown: 5 } as const;

for (const trouble of TROUBLES) {
  const { name, sample, severity, worst } = trouble;
  Deno.test(`assessment, text, JSON and exit code agree on ${name}: ${severity}`, () => {
    const resource = modelResource({ name: "web", ...sample });
    const { splitBrainPeers = [], start } = trouble;
    const more = { resource, primaryOn: undefined, splitBrainPeers, start, ...troubleUnits(trouble) };
    const status = promoter("web", more);
    const all = { ...report(status), moduleVersion: trouble.moduleVersion };
    assert.equal(healthOfPromoter(status, all).severity, severity);
    assert.equal(healthCode(all), CODES[severity]);
    // What concerns the whole node stands above the resources, once.
    const found = trouble.moduleVersion === undefined ? /^ {2}[×?!] (.*)/ : /^× (.*)/;
    const said = text(all).flatMap((line) => found.exec(line)?.[1] ?? []);
    assert.deepEqual(said.length === 0, severity === "ok");
    if (worst !== undefined) assert.match(said[0] ?? "", worst[1]);
    const isOfResource = severity !== "ok" && trouble.moduleVersion === undefined;
    assert.equal(text(all).at(-1) === "1 needs attention: web", isOfResource);
    const short = shortText(all, { style, isVerbose: false, columns: undefined, rows: undefined });
    const row = short.find((line) => line.includes(" web ")) ?? "";
    assert.match(row, { ok: /^● web/, degraded: /^! web/, unknown: /^\? web/, down: /^× web/ }[severity]);
    if (worst !== undefined) assert.ok(short.join("\n").includes(said[0] ?? "?"), row);
    const { promoter: [json] } = statusJson(all) as { promoter: [{ problems: string[] }] };
    assert.deepEqual(json.problems, said);
  });
}

Deno.test("the exit code says what is wrong beside the resources, and the worst of all", () => {
  const healthy = report(promoter("web"));
  const broken = promoter("db", { target: unit("drbd-services@db.target", "failed") });
  const stopped = { activeState: "inactive", statusText: "" };
  const bad = (isEnabled: boolean) => [{ path: "/etc/drbdd.d/x.toml", isEnabled, error: "bad" }];
  assert.equal(healthCode(healthy), 0);
  assert.equal(healthCode({ ...healthy, service: stopped }), 3);
  assert.equal(healthCode({ ...healthy, badFiles: bad(true) }), 3);
  assert.equal(healthCode({ ...healthy, badFiles: bad(false) }), 0);
  assert.equal(healthCode({ ...healthy, drbdFailure: "no drbdsetup" }), 5);
  assert.equal(healthCode({ ...healthy, systemdFailure: "no systemctl" }), 5);
  assert.equal(healthCode({ ...report(promoter("web"), broken), drbdFailure: "no drbdsetup" }), 4);
});

Deno.test("longText() does not say that a Primary is nowhere when peers cannot be seen", () => {
  const resource = modelResource({ name: "web", beta: { connection: "Connecting" } });
  const lines = text(report(promoter("web", { resource, primaryOn: undefined }))).join("\n");
  assert.match(lines, /web: Primary: none that this node can see/);
  assert.match(lines, /1 with no Primary that this node can see/);
  assert.doesNotMatch(lines, /nowhere/);
});

const SECONDARY: SecondaryStatus = {
  name: "web",
  path: "/etc/drbdd.d/beside.toml",
  isEnabled: true,
  resource: modelResource({ name: "web", role: "Secondary" }),
  target: unit("drbd-services-secondary@web.target"),
  units: [unit("web-backup.timer"), unit("export.service", "failed")],
};

Deno.test("longText(), shortText(), statusJson() show services of a Secondary, and what is wrong with them", () => {
  const withOne = (secondary: SecondaryStatus) => ({ ...report(), secondaries: [secondary] });
  const problem = ["  ! export.service failed", "    Next: systemctl status 'export.service'"];
  assert.deepEqual(text(withOne(SECONDARY)).slice(-6), [
    "web (when Secondary): runs here  /etc/drbdd.d/beside.toml",
    "● drbd-services-secondary@web.target",
    "● ├─ web-backup.timer",
    "× └─ export.service",
    ...problem,
  ]);
  const short = shortText(withOne(SECONDARY), {
    style,
    isVerbose: false,
    columns: undefined,
    rows: undefined,
  });
  assert.deepEqual(short.slice(-3), ["● web (when Secondary): runs here", ...problem]);
  assert.equal(healthCode(withOne(SECONDARY)), 3);
  const json = statusJson(withOne(SECONDARY));
  assert.deepEqual(json["promoter"], []);
  assert.deepEqual(json["secondary"], [{
    drbd_resource: "web",
    path: "/etc/drbdd.d/beside.toml",
    enabled: true,
    target: { name: "drbd-services-secondary@web.target", status: "active", freezer: "running" },
    dependencies: [
      { name: "web-backup.timer", status: "active", freezer: "running" },
      { name: "export.service", status: "failed", freezer: "running" },
    ],
    status: "active",
    problems: ["export.service failed"],
  }]);
  const disabled = text(withOne({ ...SECONDARY, isEnabled: false }));
  assert.ok(disabled.includes("web (when Secondary): disabled  /etc/drbdd.d/beside.toml"));
  assert.ok(!("secondary" in statusJson(report())));
});
