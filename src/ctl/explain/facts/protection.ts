/** What keeps two nodes from being Primary at once, as far as it could be found out. */
import { type Protection, protectionOf } from "../../../../plugins/promoter/checks/protection.ts";
import type { Facts } from "./facts.ts";

/** Undefined if DRBD's options are not known. */
export function protection({ name, options }: Facts): Protection | undefined {
  return "value" in options ? protectionOf(options.value, name) : undefined;
}
