import assert from "node:assert/strict";
import { Entry } from "./record.ts";
import { DirtyList, type Writable } from "./dirty_list.ts";
import { nextResourceState } from "./resource_state.ts";

const entry = new Entry("web", "", nextResourceState("", undefined), true);

function writable(isNew: boolean): Writable & { settled: number } {
  return {
    entry,
    isFresh: false,
    settled: 0,
    settle() {
      this.settled++;
      this.isFresh = false;
      return isNew;
    },
  };
}

Deno.test("FreshList.settle() settles each item once, however often it was written, and tells who has news", () => {
  const list = new DirtyList();
  const [news, none] = [writable(true), writable(false)];
  for (const item of [news, none, news]) list.add(item);
  const told: Entry[] = [];
  list.settle((entry) => told.push(entry));
  list.settle((entry) => told.push(entry));
  assert.deepEqual([news.settled, none.settled, told], [1, 1, [entry]]);
  list.add(none);
  list.settle((entry) => told.push(entry));
  assert.deepEqual([news.settled, none.settled, told], [1, 2, [entry]]);
});

Deno.test("FreshList is due when eight million characters came since it was settled", () => {
  const list = new DirtyList();
  const MIB = 1024 * 1024;
  assert.ok(!list.isDue(8 * MIB));
  assert.ok(list.isDue(1));
  assert.ok(list.isDue(0));
  list.settle(() => {});
  assert.ok(!list.isDue(1));
});

Deno.test("FreshList.settle() settles so many items at the most, and the others later", () => {
  const list = new DirtyList();
  const items = [writable(true), writable(true), writable(true)];
  for (const item of items) list.add(item);
  const settled = () => items.reduce((sum, item) => sum + item.settled, 0);
  assert.deepEqual([list.settle(() => {}, 2), settled()], [2, 2]);
  assert.deepEqual([list.settle(() => {}, 2), settled()], [1, 3]);
  assert.deepEqual([list.settle(() => {}, 2), settled()], [0, 3]);
});
