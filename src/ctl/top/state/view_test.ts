import assert from "node:assert/strict";
import fc from "fast-check";
import { type Key, keysOf } from "../../screen/keys.ts";
import { type Extent, FIRST_VIEW, press, selectedOf, settled, type View } from "./view.ts";

const extent = (count: number, height = 5): Extent => ({
  names: Array.from({ length: count }, (_, place) => `r${place}`),
  height,
});
const TEN = extent(10);

/** The view after keys, as they are typed. */
function typed(keys: string | readonly Key[], where = TEN, from: View = FIRST_VIEW): View {
  return (typeof keys === "string" ? keysOf(keys) : keys).reduce<View>((view, key) => {
    const next = press(view, key, where);
    assert.ok(next, "it quits");
    return next;
  }, from);
}

const selected = (view: View, where = TEN) => selectedOf(settled(view, where), where);

Deno.test("the first one is selected until somebody moves, whichever it is", () => {
  assert.equal(selected(FIRST_VIEW), "r0");
  assert.equal(selected(FIRST_VIEW, { names: ["new", "r0"], height: 5 }), "new");
});

for (
  const [keys, want] of [
    ["j", "r1"],
    ["jjk", "r1"],
    ["\x1b[B\x1b[B\x1b[A", "r1"],
    ["\x1b[6~", "r4"],
    ["\x1b[6~\x1b[6~\x1b[6~", "r9"],
    ["G", "r9"],
    ["Gg", "r0"],
    ["Gk", "r8"],
    ["kkk", "r0"],
    ["G\x1b[5~", "r5"],
  ] as const
) {
  Deno.test(`${JSON.stringify(keys)} selects ${want}`, () => assert.equal(selected(typed(keys)), want));
}

Deno.test("what is selected stays so when the order changes, and is in sight", () => {
  const view = typed("jjj");
  const turned = { names: TEN.names.toReversed(), height: 5 };
  assert.equal(selected(view, turned), "r3");
  const { first, place } = settled(view, turned);
  assert.ok(first <= place && place < first + 5);
});

Deno.test("what takes the place of one that went is selected", () => {
  const view = typed("jjj");
  assert.equal(selected(view, { names: TEN.names.filter((name) => name !== "r3"), height: 5 }), "r4");
  assert.equal(selected(view, extent(2)), "r1");
  assert.equal(selected(view, extent(0)), undefined);
});

Deno.test("s and S go through the orders, r turns them round, t leaves out what is healthy", () => {
  assert.equal(typed("s").choice.sort, "name");
  assert.equal(typed("S").choice.sort, "sync");
  assert.equal(typed("ssss").choice.sort, "trouble");
  assert.equal(typed("r").choice.isReversed, true);
  assert.equal(typed("t").choice.onlyTrouble, true);
  assert.deepEqual(typed("rrtt").choice, FIRST_VIEW.choice);
});

Deno.test("a filter works while it is typed; Enter keeps it, Escape goes back to the one before", () => {
  assert.equal(typed("/web q").choice.filter, "web q");
  const kept = typed("/web\r");
  assert.deepEqual([kept.choice.filter, kept.filterBefore], ["web", undefined]);
  assert.equal(typed("/x\x1b", TEN, kept).choice.filter, "webx".slice(0, 3));
  assert.equal(typed("/db\x7f\x7fx\r").choice.filter, "x");
  assert.equal(typed("/one two\x17\r").choice.filter, "one ");
  assert.equal(typed("/one two\x15\r").choice.filter, "");
  assert.equal(typed(["escape"], TEN, kept).choice.filter, "");
});

Deno.test("backspace in an empty filter ends it", () => {
  assert.equal(typed("/\x7f").filterBefore, undefined);
});

Deno.test("Enter opens what is selected, and stays with it; Escape goes back to it", () => {
  const details = typed("jj\r");
  assert.deepEqual([details.page, details.selected], ["details", "r2"]);
  const back = typed(["escape"], TEN, details);
  assert.deepEqual([back.page, selected(back)], ["list", "r2"]);
  assert.equal(typed("\r", extent(0)).page, "list");
});

Deno.test("help opens everywhere but in a filter, and closes", () => {
  assert.equal(typed("?").page, "help");
  assert.equal(typed("\rh").page, "help");
  assert.equal(typed("/?").page, "list");
  assert.equal(typed(["escape"], TEN, typed("?")).page, "list");
});

Deno.test("q and Ctrl-C quit; q in a filter is a letter", () => {
  for (const before of ["", "\r", "?"]) {
    assert.equal(press(typed(before), { character: "q" }, TEN), undefined);
    assert.equal(press(typed(before), "interrupt", TEN), undefined);
  }
  assert.equal(typed("/q").choice.filter, "q");
  assert.equal(press(typed("/q"), "interrupt", TEN), undefined);
});

Deno.test("whatever is typed, what is selected is in sight", () => {
  const keys = fc.array(
    fc.constantFrom<Key>("up", "down", "page-up", "page-down", "home", "end", "enter", "escape", {
      character: "s",
    }),
    { maxLength: 30 },
  );
  fc.assert(fc.property(keys, fc.nat(30), fc.integer({ min: 1, max: 8 }), (all, count, height) => {
    const where = extent(count, height);
    const view = settled(typed(all, where), where);
    const isInSight = view.first <= view.place && view.place < view.first + height;
    assert.ok(count === 0 || isInSight && view.place < count);
    // No line is left empty that could show something.
    assert.ok(view.first === 0 || view.first + height <= count);
  }));
});
