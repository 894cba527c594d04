/** drbddctl on a real terminal, through tmux: what is to be seen, what keys do, and that the terminal is left as it was. */
import assert from "node:assert/strict";
import type { Sample } from "../support/core/sample_lines.ts";
import { sampleLines } from "../support/core/sample_lines.ts";
import { requires } from "./require.ts";
import { CtlScreen } from "./screen/ctl_screen.ts";
import type { Size } from "./screen/tmux.ts";

const SIZES: readonly Size[] = [{ columns: 80, rows: 24 }, { columns: 200, rows: 50 }];
const SMALL: Size = { columns: 80, rows: 24 };

const THREE: readonly Sample[] = [
  { name: "web", role: "Primary", beta: { connection: "Connecting" } },
  { name: "db", minor: 1010, quorum: false, disks: ["UpToDate", "Failed"] },
  { name: "mail", minor: 1020, beta: { role: "Primary" } },
];
const MANY: readonly Sample[] = Array.from({ length: 500 }, (_, place): Sample => ({
  name: place % 9 === 4 ? `customer-database-${place}` : `r${place}`,
  minor: 2_000 + 2 * place,
  ...(place % 3 === 0 ? { role: "Primary" } : {}),
  ...(place === 250 ? { quorum: false } : {}),
}));

function screenTest(name: string, fn: () => Promise<void>): void {
  Deno.test(requires(["tmux"], { name: `drbddctl on a terminal: ${name}`, fn }));
}

for (const size of SIZES) {
  const at = `at ${size.columns}x${size.rows}`;
  const lastOfPage = size.rows - 4;

  screenTest(`top of a node without resources ${at}`, async () => {
    await using screen = await CtlScreen.start(size, []);
    const { tmux } = screen;
    await tmux.command("drbddctl top");
    const text = await tmux.screen(/· live/);
    assert.match(text, /^0 resources /m);
    assert.match(text, /No DRBD resource is up on this node/);
    await tmux.keys("q");
    await tmux.prompt();
    assert.ok(await tmux.isAsBefore());
  });

  screenTest(`top of three resources ${at}`, async () => {
    await using screen = await CtlScreen.start(size, THREE);
    const { tmux } = screen;
    await tmux.command("echo seen before; drbddctl top");
    const lines = (await tmux.screen(/· live/)).split("\n");
    assert.match(lines[0] ?? "", / \d\d:\d\d:\d\d$/);
    assert.equal(lines[0]?.length, size.columns);
    assert.match(lines[1] ?? "", /^3 resources {2}× 1 down {2}! 1 degraded {2}● 1 healthy/);
    assert.match(lines[3] ?? "", /^× db +nowhere Failed/);
    assert.match(lines[4] ?? "", /^! web +here .*not connected to beta/);
    assert.match(lines[5] ?? "", /^● mail +beta /);
    await tmux.keys("q");
    const after = await tmux.prompt();
    assert.match(after, /^seen before$/m);
    assert.doesNotMatch(after, /RESOURCE/);
    assert.ok(await tmux.isAsBefore());
  });

  screenTest(`top of 500 resources ${at} scrolls, sorts and filters`, async () => {
    await using screen = await CtlScreen.start(size, MANY);
    const { tmux } = screen;
    await tmux.command("drbddctl top");
    const top = await tmux.screen(/^500 resources/m);
    assert.match(top, new RegExp(` 1-${lastOfPage} of 500$`, "m"));
    assert.match(top.split("\n")[3] ?? "", /^× r250 /);
    await tmux.keys("s", "End");
    assert.match(await tmux.screen(new RegExp(` ${501 - lastOfPage}-500 of 500$`, "m")), /sort: name/);
    await tmux.keys("Home", "/");
    await tmux.keys("-l", "customer 49");
    // Minors are searched, too: one of them is drbd2494.
    const filtered = await tmux.screen(/filter: customer 49_/);
    assert.match(filtered, /^● customer-d\S*490 /m);
    assert.match(filtered, /^500 resources {2}4 shown/m);
    await tmux.keys("Escape");
    await tmux.screen(/^500 resources {2}×/m);
    await tmux.keys("q");
    await tmux.prompt();
  });

  screenTest(`explain ${at} with 3 and with 500 resources`, async () => {
    for (const samples of [THREE, MANY]) {
      await using screen = await CtlScreen.start(size, samples);
      const { tmux } = screen;
      const [{ name } = { name: "" }] = samples;
      await tmux.command(`clear; drbddctl explain ${name}`);
      await tmux.screen(/No decisions are known/);
      await tmux.prompt();
      const text = await tmux.screen(/No decisions are known/);
      assert.match(text, name === "web" ? /^! web runs here: degraded$/m : /^● r0 runs here$/m);
      if (name === "web") assert.match(text, /^ {2}! not connected to beta \(Connecting\)\n {4}Next: /m);
      assert.match(text, /^ {2}✓ in order +configuration, drbdd, quorum, protection/m);
      assert.match(text, /^ {2}· preferred nodes +beta, gamma: this node is none of them/m);
    }
  });

  screenTest(`explain ${at} without any resource`, async () => {
    await using screen = await CtlScreen.start(size, []);
    await screen.tmux.command("drbddctl explain web");
    const text = await screen.tmux.screen(/Next: /);
    assert.match(text, /^drbddctl: There is no resource "web": neither DRBD nor a promoter has it$/m);
  });
}

screenTest("top shows what changes while one looks, and all of one resource", async () => {
  await using screen = await CtlScreen.start(SMALL, THREE);
  const { tmux } = screen;
  await tmux.command("drbddctl top");
  await tmux.screen(/· live/);
  await screen.print(...sampleLines("change", { name: "mail", minor: 1020, role: "Primary" }));
  await tmux.screen(/^● mail +here /m);
  await tmux.keys("Down", "Down", "Enter");
  assert.match(
    await tmux.screen(/^mail {2}Primary/m),
    /^ 0 +1020 +UpToDate +yes +yes +10 GiB +\/dev\/vg0\/mail_0$/m,
  );
  await tmux.keys("Escape");
  await tmux.screen(/RESOURCE/);
  await tmux.keys("?");
  await tmux.screen(/^Keys/m);
  await tmux.keys("q");
  await tmux.prompt();
});

for (
  const [what, end] of [
    ["Ctrl-C", ({ tmux }: CtlScreen) => tmux.keys("C-c")],
    ["SIGTERM", async ({ tmux }: CtlScreen) => Deno.kill(await tmux.programPid(), "SIGTERM")],
    ["SIGHUP", async ({ tmux }: CtlScreen) => Deno.kill(await tmux.programPid(), "SIGHUP")],
  ] as const
) {
  screenTest(`${what} ends top and gives the terminal back`, async () => {
    await using screen = await CtlScreen.start(SMALL, THREE);
    const { tmux } = screen;
    await tmux.command("drbddctl top");
    await tmux.screen(/· live/);
    assert.equal(await tmux.isAsBefore(), false);
    await end(screen);
    await tmux.prompt();
    assert.ok(await tmux.isAsBefore());
    await tmux.command("echo typed");
    // The shell echoes again what is typed.
    await tmux.screen(/^ready>echo typed$/m);
  });
}

screenTest("top follows the size of the terminal", async () => {
  await using screen = await CtlScreen.start(SMALL, MANY);
  const { tmux } = screen;
  await tmux.command("drbddctl top");
  await tmux.screen(/ 1-20 of 500$/m);
  await tmux.resize({ columns: 150, rows: 30 });
  const wide = await tmux.screen(/ 1-26 of 500$/m);
  assert.equal(wide.split("\n")[0]?.length, 150);
  assert.match(wide, / SITUATION/);
  await tmux.resize({ columns: 60, rows: 12 });
  const narrow = await tmux.screen(/ 1-8 of 500$/m);
  assert.doesNotMatch(narrow, / DISK /);
  assert.equal(narrow.split("\n")[0]?.length, 60);
  await tmux.keys("q");
  await tmux.prompt();
});

screenTest("top is ASCII in the C locale, and without colours where NO_COLOR is set", async () => {
  await using screen = await CtlScreen.start(SMALL, THREE, { LANG: "C", NO_COLOR: "1" });
  const { tmux } = screen;
  await tmux.command("drbddctl top");
  const text = await tmux.screen(/- live/);
  assert.match(text, /^[\x20-\x7e\n]*$/);
  const codes = (await tmux.coloured()).match(/\[[\d;]+m/g) ?? [];
  assert.ok(codes.every((code) => !/\b(3\d|4\d|9\d)\b/.test(code)), codes.join(" "));
  await tmux.keys("q");
  await tmux.prompt();
});

screenTest(
  "top on a terminal that cannot write over what it showed is a table, without any codes",
  async () => {
    await using screen = await CtlScreen.start({ columns: 200, rows: 50 }, THREE);
    const { tmux } = screen;
    await tmux.command("TERM=dumb drbddctl top");
    assert.match(await tmux.screen(/^● {2}mail/m), /^ {3}RESOURCE {2}PRIMARY .*\n× {2}db /m);
    await tmux.prompt();
    assert.equal((await tmux.coloured()).includes("\x1b"), false);
  },
);

screenTest("top has colours otherwise", async () => {
  await using screen = await CtlScreen.start(SMALL, THREE);
  const { tmux } = screen;
  await tmux.command("drbddctl top");
  await tmux.screen(/· live/);
  assert.match(await tmux.coloured(), /\[(1;)?31m/);
  await tmux.keys("q");
  await tmux.prompt();
});

screenTest("events and record end at Ctrl-C, and record says how much it recorded", async () => {
  await using screen = await CtlScreen.start(SMALL, THREE);
  const { tmux, trial } = screen;
  await tmux.command("drbddctl events");
  await screen.print(...sampleLines("change", { name: "mail", minor: 1020, role: "Primary" }));
  await tmux.screen(/mail {2}role Secondary → Primary/);
  await tmux.keys("C-c");
  await tmux.prompt();
  await tmux.command(`clear; drbddctl record ${trial.path("rec")}`);
  await tmux.screen(/^\d+ lines/m);
  await tmux.keys("C-c");
  await tmux.screen(/^\d+ lines in .*; to view them: drbddctl replay\s.*rec$/ms);
});
