/** A log for what is measured: it has nothing to say. */
import type { Logger } from "../../../src/logging/logging.ts";

export const SILENT: Logger = {
  trace: () => {},
  debug: () => {},
  info: () => {},
  warn: () => {},
  error: () => {},
  isEnabledFor: () => false,
};
