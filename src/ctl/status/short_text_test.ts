import assert from "node:assert/strict";
import { modelResource } from "../../../tests/support/core/resource_json.ts";
import { promoter, report, unit } from "../../../tests/support/trials/status_report.ts";
import { Style } from "../screen/style.ts";
import type { PromoterStatus } from "./report.ts";
import { shortText } from "./short_text.ts";

const style = new Style({ isColoured: false, isUnicode: true });
const text = (all: ReturnType<typeof report>, columns?: number, rows?: number) =>
  shortText(all, { style, isVerbose: false, columns, rows });

const failed = (name: string) =>
  promoter(name, { dependencies: [unit(`drbd-promote@${name}.service`), unit("a.service", "failed")] });
const offline = (name: string) =>
  promoter(name, { resource: modelResource({ name, role: "Primary", beta: { connection: "Connecting" } }) });
const elsewhere = (name: string) =>
  promoter(name, {
    primaryOn: "beta",
    target: unit(`drbd-services@${name}.target`, "inactive"),
    dependencies: [],
  });

/** `count` resources, all Primary here but for those that `other` gives. */
function many(count: number, other: (place: number, name: string) => PromoterStatus | undefined) {
  return report(...Array.from({ length: count }, (_, place) => {
    const name = `res${place}`;
    return other(place, name) ?? promoter(name);
  }));
}

Deno.test("shortText() has totals first, then a line for each resource, the worst first", () => {
  const all = report(
    promoter("app"),
    promoter("old", { isEnabled: false, primaryOn: undefined, resource: undefined }),
    offline("mail"),
    failed("db"),
    elsewhere("web"),
  );
  assert.deepEqual(text(all), [
    "4 resources: 3 Primary here, 1 elsewhere, 1 disabled; 1 down, 1 degraded",
    "● drbdd.service",
    "",
    "× db    Primary here     a.service failed",
    "! mail  Primary here     not connected to beta (Connecting)",
    "● app   Primary here",
    "● web   Primary on beta",
    "○ old   disabled",
    "",
    "Next: drbddctl status db (with what to do), drbddctl explain db",
  ]);
});

Deno.test("shortText() says that more is wrong with a resource, and stays within the terminal", () => {
  const both = promoter("db", {
    resource: modelResource({ name: "db", role: "Primary", disks: ["Diskless"] }),
    dependencies: [unit("drbd-promote@db.service"), unit("a.service", "failed")],
  });
  assert.ok(text(report(both)).includes("× db  Primary here  a.service failed (1 more)"));
  const narrow = text(report(both), 30);
  assert.ok(narrow.includes("× db  Primary here  a.service…"), narrow.join("\n"));
});

Deno.test("shortText() of 100 resources is a line for each, where nothing limits it", () => {
  const lines = text(many(100, (place, name) => place === 42 ? failed(name) : undefined));
  assert.equal(lines.filter((line) => /^. res\d+ /.test(line)).length, 100);
  assert.match(lines[3] ?? "", /^× res42 /);
});

Deno.test("shortText() of 100 resources fits a terminal of 80x24: healthy ones share a line", () => {
  const all = many(100, (place, name) => {
    if (place === 42) return failed(name);
    if (place % 10 === 5) return offline(name);
    return place % 3 === 0 ? elsewhere(name) : undefined;
  });
  const lines = text(all, 80, 24);
  assert.ok(lines.length <= 22, lines.join("\n"));
  assert.ok(lines.every((line) => line.length <= 80), lines.join("\n"));
  assert.equal(lines.filter((line) => line.startsWith("! res")).length, 10);
  assert.match(lines.join("\n"), /\n● 30 Primary on beta: res0, .* and \d+ more\n● 59 Primary here: res1, /);
});

Deno.test("shortText() says its totals again below what has scrolled away", () => {
  const lines = text(many(100, (place, name) => place < 50 ? failed(name) : undefined), 80, 24);
  assert.match(lines.at(-2) ?? "", /^100 resources: 100 Primary here, 0 elsewhere; 50 down$/);
  assert.match(lines.at(-1) ?? "", /^50 need attention: res0, res1, .* and \d+ more$/);
});

Deno.test("shortText() says once that systemd or DRBD does not answer", () => {
  const lines = text({
    ...report(promoter("web", { primaryOn: undefined, resource: undefined }), promoter("db")),
    systemdFailure: "Cannot read the state of services: late",
    drbdFailure: "Cannot read the state of DRBD: late",
  });
  assert.equal(lines.filter((line) => line.includes("late")).length, 2);
  assert.ok(lines.includes("? web  not known"), lines.join("\n"));
  assert.match(lines[0] ?? "", /; 2 in an unknown state$/);
});

Deno.test("shortText() of nothing says so", () => {
  assert.deepEqual(text(report()), ["No promoter is configured, and no other plugin.", "● drbdd.service"]);
});
