import assert from "node:assert/strict";
import fc from "fast-check";
import { resourceJson } from "../../../../tests/support/core/resource_json.ts";
import type { HealthProblem } from "../../../../plugins/api/page/scripts/types.ts";
import type { Sample } from "../../../../tests/support/core/sample_lines.ts";
import { textOf, widthOf } from "../../screen/line.ts";
import { symbolsFor } from "../../screen/symbols.ts";
import { chosen } from "../state/order.ts";
import { Snapshot } from "../state/snapshot.ts";
import { screenLines } from "./screen_lines.ts";
import type { Size } from "./shown.ts";
import { FIRST_VIEW, type View } from "../state/view.ts";

const SAMPLES: readonly Sample[] = [
  { name: "web", role: "Primary", beta: { connection: "Connecting" } },
  { name: "db", quorum: false, disks: ["UpToDate", "Failed"] },
  {
    name: "mail",
    disks: ["Inconsistent"],
    beta: {
      role: "Primary",
      disks: [{ replication: "SyncTarget", progress: "done:61.30 dbdt1:12.30 eta:240" }],
    },
  },
  { name: "ok", beta: { role: "Primary" } },
];
const NOW = new Date(2026, 0, 31, 3, 4, 5);

function screenOf(
  samples: readonly Sample[],
  size: Size,
  view: Partial<View> = {},
  isUnicode = true,
  problems: readonly HealthProblem[] = [],
): string[] {
  let nowMs = 0;
  const snapshot = new Snapshot(() => nowMs);
  snapshot.take({
    event: "status",
    data: { node: "alpha", version: "1", stale: false, reason: null, problems },
  });
  for (const sample of samples) snapshot.take({ event: "resource", data: resourceJson(sample) });
  snapshot.take({ event: "snapshot-end", data: { resources: samples.length } });
  nowMs += 7_000;
  const whole = { ...FIRST_VIEW, ...view };
  const resourceRows = chosen(snapshot.resourceRows(), whole.choice);
  const decisions = [{
    time: "2026-01-31T00:00:00Z",
    plugin: "promoter",
    level: "info" as const,
    text: "start: DRBD may promote here",
  }];
  const shown = { snapshot, resourceRows, source: "drbdd", behind: { decisions, now: NOW } } as const;
  return screenLines(shown, whole, size, symbolsFor({ isUnicode })).map(textOf);
}

const trimmed = (lines: readonly string[]) => lines.map((each) => each.trimEnd());

Deno.test("the list at 80x12, worst first", () => {
  assert.deepEqual(
    trimmed(screenOf(SAMPLES, { columns: 80, rows: 12 })),
    [
      "DRBD on alpha · source: drbdd · live                                    03:04:05",
      "4 resources  × 1 down  ! 1 degraded  ↻ 1 syncing  ● 1 healthy  1 Primary here",
      "  RESOURCE PRIMARY DISK         PEERS AND SITUATION",
      "× db       nowhere Failed +1    no quorum (volume 0, 1) +1",
      "! web      here    UpToDate     not connected to beta (Connecting)",
      "↻ mail     beta    Inconsistent from beta 61.3 %, 12 MiB/s, 4 min left (7 s ago)",
      "● ok       beta    UpToDate     beta  gamma",
      "",
      "",
      "",
      "",
      "Enter details  s sort: trouble  / filter  t problems only  ? help  q quit",
    ],
  );
});

Deno.test("a resync has its rate, the time left and the age of both, however wide the terminal, and a bar if there is room", () => {
  for (
    const [columns, want] of [
      [80, "from beta 61.3 %, 12 MiB/s, 4 min left (7 s ago)"],
      [90, "███░░░ from beta 61.3 %, 12 MiB/s, 4 min left (7 s ago)"],
      [118, "██████░░░░ Syncing from beta: 61.3 % · 12 MiB/s, 4 min left · 7 s ago"],
    ] as const
  ) {
    const row = screenOf(SAMPLES, { columns, rows: 12 }).find((text) => text.includes("mail")) ?? "";
    assert.ok(row.trimEnd().endsWith(want), row);
  }
  const details = screenOf(SAMPLES, { columns: 80, rows: 24 }, { page: "details", selected: "mail" });
  assert.match(details.join("\n"), /██████░░░░ Syncing from beta: 61\.3 % · 12 MiB\/s, 4 min left · 7 s ago/);
});

Deno.test("of two resyncs the one that runs is shown, not the one that waits", () => {
  const two: Sample = {
    name: "mail",
    disks: ["Inconsistent"],
    beta: {
      role: "Primary",
      disks: [{ replication: "PausedSyncT", suspended: "dependency", progress: "done:10.00" }],
    },
    gamma: { disks: [{ replication: "SyncTarget", progress: "done:61.30 dbdt1:12.30 eta:240" }] },
  };
  const row = screenOf([two], { columns: 160, rows: 12 }).find((text) => text.includes("mail")) ?? "";
  assert.match(row, /Syncing from gamma: 61\.3 % .* \+1 *$/);
});

Deno.test("what is wrong with the node as a whole stands above all resources, with what to do", () => {
  const what = "kernel module 8.4.11 found, DRBD 9 needed";
  const problem = { id: "too-old-module", severity: "unknown", about: "", what, since: null } as const;
  const problems = [{ ...problem, next: "install the kernel module of DRBD 9 and reboot, or reload it" }];
  const [, second] = screenOf([], { columns: 80, rows: 12 }, {}, true, problems);
  assert.equal(second, `× ${what}  install the kernel module of DRBD …`);
});

Deno.test("in a locale without UTF-8 all is ASCII", () => {
  for (const page of ["list", "details", "help"] as const) {
    for (const text of screenOf(SAMPLES, { columns: 120, rows: 30 }, { page, selected: "mail" }, false)) {
      assert.match(text, /^[\x20-\x7e]*$/);
    }
  }
});

Deno.test("500 resources scroll in 24 lines", () => {
  const samples = Array.from({ length: 500 }, (_, place) => ({ name: `r${place}` }));
  const size = { columns: 80, rows: 24 };
  const top = screenOf(samples, size);
  assert.match(top[3] ?? "", /^● r0 /);
  assert.match(top.at(-1) ?? "", / 1-20 of 500$/);
  const bottom = screenOf(samples, size, { selected: "r499" });
  assert.match(bottom[22] ?? "", /^● r499 /);
  assert.match(bottom.at(-1) ?? "", / 481-500 of 500$/);
});

for (
  const [what, samples, view, want] of [
    ["that there is none", [], {}, /No DRBD resource is up on this node/],
    [
      "that nothing fits",
      SAMPLES,
      { choice: { ...FIRST_VIEW.choice, filter: "xyz" } },
      /Nothing fits the filter/,
    ],
    [
      "that there is no trouble",
      [{ name: "web" }],
      { choice: { ...FIRST_VIEW.choice, onlyTrouble: true } },
      /No problems/,
    ],
    ["what is typed into the filter", SAMPLES, {
      filterBefore: "",
      choice: { ...FIRST_VIEW.choice, filter: "we" },
    }, /filter: we_ {2}Enter keeps it/],
  ] as const
) {
  Deno.test(`it says ${what}`, () => {
    assert.match(screenOf(samples, { columns: 80, rows: 12 }, view).join("\n"), want);
  });
}

Deno.test("details say all there is, the last decisions too", () => {
  const text = trimmed(screenOf(SAMPLES, { columns: 100, rows: 24 }, { page: "details", selected: "db" }))
    .join("\n");
  for (
    const part of [
      "db  Secondary · may be promoted here · promotion score 10103",
      "× no quorum (volume 0, 1)\n   Next: drbdadm status db: ",
      "! the local disk of volume 1 failed (Failed)",
      "1    1001   Failed    no      no    10 GiB  /dev/vg0/db_1",
      "beta   Connected   Secondary  0    UpToDate  Established  100.0 %  0 KiB",
      "start: DRBD may promote here",
    ]
  ) assert.ok(text.includes(part), `${part}\nis not in\n${text}`);
});

Deno.test("the page of a resource that is gone says so", () => {
  assert.match(
    screenOf([], { columns: 80, rows: 9 }, { page: "details", selected: "web" }).join("\n"),
    /web is gone/,
  );
});

Deno.test("every screen has exactly the size of the terminal", () => {
  const size = fc.record({
    columns: fc.integer({ min: 1, max: 220 }),
    rows: fc.integer({ min: 1, max: 60 }),
  });
  const page = fc.constantFrom<View["page"]>("list", "details", "help");
  fc.assert(
    fc.property(size, page, fc.nat(40), fc.boolean(), (size, page, scrolled, isUnicode) => {
      const lines = screenOf(SAMPLES, size, { page, scrolled, selected: "db" }, isUnicode);
      assert.equal(lines.length, size.rows);
      for (const text of lines) assert.equal(widthOf(text), size.columns, JSON.stringify(text));
    }),
  );
});
