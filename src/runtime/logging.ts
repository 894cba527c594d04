/** Logging: the one module that knows LogTape. */
import type { Logger as LogTapeLogger } from "@logtape/logtape";

export type Logger = LogTapeLogger;
