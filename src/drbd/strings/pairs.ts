/**
 * `key:value` pairs separated by blanks: the format of all lines of drbdsetup.
 *
 * There is no quoting. A pair is split at its first colon, so values can contain colons (addresses). A blank in the path of a
 * backing device is not escaped; a word without a colon continues that value.
 */

/** Calls `use` with each pair of `text`, in order. Words without a colon before the first pair are ignored. */
export function eachPair(text: string, use: (key: string, value: string) => void): void {
  let key: string | undefined;
  let value = "";
  let colon = -1;
  for (let at = 0; at <= text.length;) {
    let end = text.indexOf(" ", at);
    if (end < 0) end = text.length;
    // Searched for only when passed: in a long text of words without colons each search would go to the end.
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
