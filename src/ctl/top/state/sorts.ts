/** What the rows of `top` can be sorted by. */

export const SORTS = ["trouble", "name", "primary", "sync"] as const;
export type Sort = typeof SORTS[number];
