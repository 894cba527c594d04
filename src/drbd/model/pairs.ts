/**
 * `key:value` pairs parted by blanks: the one form drbdsetup prints everything in.
 *
 * There is no quoting: a pair is split at its FIRST colon, so values hold colons (addresses). A blank in a backing
 * device's path comes out raw; such a word without a colon goes on the value before it.
 */

/** Calls `use` with each pair of `text`, in order. Words before the first pair that hold no colon are passed over. */
export function eachPair(text: string, use: (key: string, value: string) => void): void {
  let key: string | undefined;
  let value = "";
  let colon = -1;
  for (let at = 0; at <= text.length;) {
    let end = text.indexOf(" ", at);
    if (end < 0) end = text.length;
    // Not for each word anew: in garbage of many words the next colon is far away.
    if (colon < at) colon = text.indexOf(":", at);
    if (colon < 0) colon = text.length;
    if (colon > at && colon < end) {
      if (key !== undefined) use(key, value);
      key = text.slice(at, colon);
      value = text.slice(colon + 1, end);
    } else if (key === "backing_dev") {
      value += text.slice(at - 1, end);
    }
    at = end + 1;
  }
  if (key !== undefined) use(key, value);
}
