/** Keys of the page: filter, and moving along the rows. */

/** @typedef {{summaries(): readonly HTMLElement[]}} RowList */

/**
 * @param {KeyboardEvent} event
 * @param {RowList} rows
 * @param {HTMLInputElement} filterBox
 * @param {(text: string) => void} setFilter
 */
export function handleKey(event, rows, filterBox, setFilter) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const isTyping = event.target instanceof HTMLInputElement;
  if (event.key === "Escape" && event.target === filterBox) {
    if (filterBox.value === "") filterBox.blur();
    else setFilter("");
  } else if (event.key === "/" && !isTyping) {
    event.preventDefault();
    filterBox.focus();
    filterBox.select();
  } else if (
    event.key === "ArrowDown" || event.key === "ArrowUp" ||
    !isTyping && (event.key === "j" || event.key === "k")
  ) {
    if (isTyping && event.target !== filterBox) return;
    const by = event.key === "ArrowDown" || event.key === "j" ? 1 : -1;
    if (moveFocus(rows.summaries(), by, filterBox)) event.preventDefault();
  }
}

/**
 * Moves the focus along the rows.
 * @param {readonly HTMLElement[]} rows
 * @param {1 | -1} by
 * @param {HTMLInputElement} filterBox
 */
function moveFocus(rows, by, filterBox) {
  const at = rows.findIndex((row) => row === document.activeElement);
  if (at < 0 && document.activeElement !== filterBox && document.activeElement !== document.body) {
    return false;
  }
  if (at === 0 && by === -1) {
    filterBox.focus();
    return true;
  }
  const next = rows[at < 0 ? (by === 1 ? 0 : -1) : at + by];
  next?.focus();
  next?.scrollIntoView({ block: "nearest" });
  return next !== undefined;
}
