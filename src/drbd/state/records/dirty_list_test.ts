import assert from "node:assert/strict";
import { ResourceRecord } from "./record.ts";
import { type DirtyItem, DirtyList } from "./dirty_list.ts";
import { nextResourceState } from "../kinds/resource_state.ts";

const resource = new ResourceRecord("web", "", nextResourceState("", undefined), true);

function writable(isNew: boolean): DirtyItem & { settled: number } {
  return {
    resource,
    isDirty: false,
    settled: 0,
    flush() {
      this.settled++;
      this.isDirty = false;
      return isNew;
    },
  };
}

Deno.test("DirtyList.flush() flushes each item once, however often it was written, and reports what changed", () => {
  const list = new DirtyList();
  const [news, none] = [writable(true), writable(false)];
  for (const item of [news, none, news]) list.add(item);
  const emitted: ResourceRecord[] = [];
  list.flush((resource) => emitted.push(resource));
  list.flush((resource) => emitted.push(resource));
  assert.deepEqual([news.settled, none.settled, emitted], [1, 1, [resource]]);
  list.add(none);
  list.flush((resource) => emitted.push(resource));
  assert.deepEqual([news.settled, none.settled, emitted], [1, 2, [resource]]);
});

Deno.test("DirtyList is due when eight million characters came since it was settled", () => {
  const list = new DirtyList();
  const MIB = 1024 * 1024;
  assert.ok(!list.isDue(8 * MIB));
  assert.ok(list.isDue(1));
  assert.ok(list.isDue(0));
  list.flush(() => {});
  assert.ok(!list.isDue(1));
});

Deno.test("DirtyList.flush() settles so many items at the most, and the others later", () => {
  const list = new DirtyList();
  const items = [writable(true), writable(true), writable(true)];
  for (const item of items) list.add(item);
  const settled = () => items.reduce((sum, item) => sum + item.settled, 0);
  assert.deepEqual([list.flush(() => {}, 2), settled()], [2, 2]);
  assert.deepEqual([list.flush(() => {}, 2), settled()], [1, 3]);
  assert.deepEqual([list.flush(() => {}, 2), settled()], [0, 3]);
});
