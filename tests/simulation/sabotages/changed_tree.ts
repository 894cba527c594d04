/** The simulation of drbdd's sources with one fix removed, where no other kind of sabotage can remove it. */
import { TreeCopy } from "../../support/tree_copy.ts";
import type { SourceChange } from "./sabotage.ts";

/** The text of a file with the change. @throws {Error} If what is to be changed does not occur exactly once. */
export function changed(text: string, { file, find, replacement }: SourceChange): string {
  const [before, after, ...more] = text.split(find);
  if (before === undefined || after === undefined || more.length > 0) {
    const times = text.split(find).length - 1;
    throw new Error(`Cannot change ${file}: expected once, found ${times} times:\n${find}`);
  }
  return before + replacement + after;
}

/** Calls `then` with the path of a copy of the tree with the change. The copy is `tree`, or made and removed. */
export async function inChangedTree<Result>(
  change: SourceChange,
  then: (path: string) => Promise<Result>,
  tree?: TreeCopy,
): Promise<Result> {
  const copy = tree ?? await TreeCopy.make();
  try {
    return await copy.changing(change.file, (text) => changed(text, change), () => then(copy.path));
  } finally {
    if (tree === undefined) await copy.remove();
  }
}
