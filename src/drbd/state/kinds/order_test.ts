import assert from "node:assert/strict";
import { placeOf } from "./order.ts";

const byNumber = (a: number, b: number) => a - b;

for (let length = 0; length <= 9; length++) {
  Deno.test(`placeOf() finds every item of ${length}, and every place between them`, () => {
    const items = Array.from({ length }, (_, place) => place * 2 + 1);
    items.forEach((item, place) => assert.equal(placeOf(items, item, byNumber), place));
    for (let place = 0; place <= length; place++) {
      assert.equal(placeOf(items, place * 2, byNumber), -1 - place);
    }
  });
}
