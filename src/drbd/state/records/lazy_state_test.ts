import assert from "node:assert/strict";
import { LazyState } from "./lazy_state.ts";

/** A state is its text in brackets, after the one before it. */
class Kept extends LazyState<{ readonly said: string }> {
  readonly read: string[] = [];

  protected override own(text: string): string {
    return text;
  }

  protected override next(text: string, old: { readonly said: string }): { readonly said: string } {
    this.read.push(text);
    return { said: `${old.said}[${text}]` };
  }

  settle(): boolean {
    return this.flushState();
  }
}

const kept = () => new Kept("a", { said: "[a]" });

Deno.test("LazyState reads what was deferred when it is asked for, once, and nothing that came before it", () => {
  const state = kept();
  state.defer("b");
  state.defer("c");
  assert.deepEqual(state.read, []);
  const said = state.state;
  assert.deepEqual(said, { said: "[a][c]" });
  assert.equal(state.state, said);
  assert.deepEqual(state.read, ["c"]);
});

Deno.test("LazyState stays the same object while the same is emitted", () => {
  const state = kept();
  const said = state.state;
  state.defer("b");
  state.defer("a");
  assert.equal(state.state, said);
  assert.deepEqual(state.read, []);
});

Deno.test("LazyState.set() outdates what was deferred", () => {
  const state = kept();
  state.defer("b");
  state.set("c", { said: "[c]" });
  assert.deepEqual([state.state, state.rawState, state.read], [{ said: "[c]" }, "c", []]);
});

const SETTLED: { name: string; change: (state: Kept) => void; isNew: boolean }[] = [
  { name: "nothing", change: () => {}, isNew: false },
  { name: "the same text", change: (state) => state.defer("a"), isNew: false },
  {
    name: "another text and the same again",
    change: (state) => (state.defer("b"), state.defer("a")),
    isNew: false,
  },
  { name: "a look", change: (state) => void state.state, isNew: false },
  { name: "another text", change: (state) => state.defer("b"), isNew: true },
  { name: "another text and a look", change: (state) => (state.defer("b"), void state.state), isNew: true },
  { name: "a new state of the same text", change: (state) => state.set("a", { said: "!" }), isNew: true },
];

for (const { name, change, isNew } of SETTLED) {
  Deno.test(`LazyState knows whether it may be new after ${name}`, () => {
    const state = kept();
    assert.ok(state.settle());
    change(state);
    assert.equal(state.settle(), isNew);
    assert.equal(state.settle(), false);
  });
}
