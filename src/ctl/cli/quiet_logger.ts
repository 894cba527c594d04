/** A logger that discards everything. */
import type { Logger } from "../../logging/logging.ts";

const nothing = () => {};

export const quietLogger: Logger = {
  trace: nothing,
  debug: nothing,
  info: nothing,
  warn: nothing,
  error: nothing,
  isEnabledFor: () => false,
};
