/** Binary search in sorted lists without duplicates. */

/** Negative, zero (the same) or positive, as for `sort`. */
export type Order<Key> = (a: Key, b: Key) => number;

/** The index of the item with this key in a sorted list, or -1 - (where it belongs). */
export function placeOf<Item, Key>(
  items: readonly Item[],
  key: Key,
  compare: (item: Item, key: Key) => number,
): number {
  let low = 0;
  let high = items.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const difference = compare(items[middle] as Item, key);
    if (difference === 0) return middle;
    if (difference < 0) low = middle + 1;
    else high = middle - 1;
  }
  return -1 - low;
}
