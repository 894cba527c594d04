/** What of the snapshot is shown, and what keys make of that. Pure. */
import type { Key } from "../../screen/keys.ts";
import type { Choice } from "./order.ts";
import { SORTS } from "./sorts.ts";

export interface View {
  readonly choice: Choice;
  readonly page: "list" | "details" | "help";
  /** The resource that keys act on; undefined until a key has moved the selection: then it is the first one. */
  readonly selected: string | undefined;
  /** Its place in the list, for when it goes. */
  readonly place: number;
  /** The first line of the list that is shown. */
  readonly first: number;
  /** The first line that is shown of a page that is not the list. */
  readonly scrolled: number;
  /** While a filter is typed: the one before, to go back to. */
  readonly filterBefore: string | undefined;
}

export const FIRST_VIEW: View = {
  choice: { sort: "trouble", isReversed: false, filter: "", onlyTrouble: false },
  page: "list",
  selected: undefined,
  place: 0,
  first: 0,
  scrolled: 0,
  filterBefore: undefined,
};

/** What keys move in. */
export interface Extent {
  /** Names of the resources that are shown, in order. */
  readonly names: readonly string[];
  /** Lines there are for them. */
  readonly height: number;
}

/** The view after a key; undefined: the user has seen enough. */
export function press(view: View, key: Key, extent: Extent): View | undefined {
  if (key === "interrupt") return undefined;
  if (view.filterBefore !== undefined) return pressInFilter(view, key, extent);
  if (isCharacter(key, "q")) return undefined;
  return view.page === "list" ? pressInList(view, key, extent) : pressOnPage(view, key, extent);
}

/** The view with what is selected in sight, in whatever order the list is now. */
export function settled(view: View, { names, height }: Extent): View {
  const found = view.selected === undefined ? 0 : names.indexOf(view.selected);
  const place = Math.max(0, Math.min(found < 0 ? view.place : found, names.length - 1));
  const last = Math.max(0, names.length - height);
  const first = Math.min(Math.max(Math.min(view.first, place), place - height + 1), last);
  // A removed resource is replaced by the one at its place; a filtered-out one stays selected.
  return { ...view, place, first: Math.max(0, first) };
}

/** The name of the selected resource; undefined if there is none. */
export function selectedOf({ place }: View, { names }: Extent): string | undefined {
  return names[place];
}

function pressInFilter(view: View, key: Key, extent: Extent): View {
  const { filter } = view.choice;
  switch (key) {
    case "enter":
      return { ...view, filterBefore: undefined };
    case "escape":
      return { ...withFilter(view, view.filterBefore ?? ""), filterBefore: undefined };
    case "backspace":
      return filter === ""
        ? { ...view, filterBefore: undefined }
        : withFilter(view, [...filter].slice(0, -1).join(""));
    case "delete-word":
      return withFilter(view, filter.replace(/\S*\s*$/, ""));
    case "delete-line":
      return withFilter(view, "");
    default:
      return typeof key === "object" ? withFilter(view, filter + key.character) : moved(view, key, extent);
  }
}

function pressInList(view: View, key: Key, extent: Extent): View {
  const { choice } = view;
  if (key === "enter" || key === "right") return opened(view, extent);
  if (key === "escape") return withFilter(view, "");
  if (typeof key !== "object") return moved(view, key, extent);
  switch (key.character) {
    case "j":
      return moved(view, "down", extent);
    case "k":
      return moved(view, "up", extent);
    case "g":
      return moved(view, "home", extent);
    case "G":
      return moved(view, "end", extent);
    case " ":
      return moved(view, "page-down", extent);
    case "s":
      return sortedBy(view, 1);
    case "S":
      return sortedBy(view, -1);
    case "r":
      return { ...view, choice: { ...choice, isReversed: !choice.isReversed } };
    case "t":
      return { ...view, choice: { ...choice, onlyTrouble: !choice.onlyTrouble } };
    case "/":
      return { ...view, filterBefore: choice.filter };
    case "?":
    case "h":
      return { ...view, page: "help", scrolled: 0 };
    default:
      return view;
  }
}

/** The scroll position is not limited here: the renderer stops at the last line. */
function pressOnPage(view: View, key: Key, { height }: Extent): View {
  const scrolledBy = (lines: number) => ({ ...view, scrolled: Math.max(0, view.scrolled + lines) });
  switch (key) {
    case "escape":
    case "enter":
    case "left":
    case "backspace":
      return { ...view, page: "list", scrolled: 0 };
    case "down":
      return scrolledBy(1);
    case "up":
      return scrolledBy(-1);
    case "page-down":
      return scrolledBy(height - 1);
    case "page-up":
      return scrolledBy(1 - height);
    case "home":
      return { ...view, scrolled: 0 };
  }
  if (isCharacter(key, "j")) return scrolledBy(1);
  if (isCharacter(key, "k")) return scrolledBy(-1);
  if (isCharacter(key, " ")) return scrolledBy(height - 1);
  if (isCharacter(key, "?") || isCharacter(key, "h")) return { ...view, page: "help", scrolled: 0 };
  return view;
}

function moved(view: View, key: Key, extent: Extent): View {
  const { place } = settled(view, extent);
  const { names, height } = extent;
  const to = {
    "up": place - 1,
    "down": place + 1,
    "page-up": place - height + 1,
    "page-down": place + height - 1,
    "home": 0,
    "end": names.length - 1,
  }[String(key)];
  if (to === undefined || names.length === 0) return view;
  const reached = Math.max(0, Math.min(to, names.length - 1));
  // Who goes back to the top wants to see what comes first, whichever that will be.
  return settled({ ...view, selected: reached === 0 ? undefined : names[reached], place: reached }, extent);
}

function opened(view: View, extent: Extent): View {
  const selected = selectedOf(settled(view, extent), extent);
  return selected === undefined ? view : { ...view, selected, page: "details", scrolled: 0 };
}

function sortedBy(view: View, step: 1 | -1): View {
  const at = SORTS.indexOf(view.choice.sort);
  const sort = SORTS[(at + step + SORTS.length) % SORTS.length] ?? view.choice.sort;
  return { ...view, choice: { ...view.choice, sort } };
}

function withFilter(view: View, filter: string): View {
  return { ...view, choice: { ...view.choice, filter } };
}

function isCharacter(key: Key, character: string): boolean {
  return typeof key === "object" && key.character === character;
}
