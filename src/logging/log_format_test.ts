import assert from "node:assert/strict";
import type { LogRecord } from "@logtape/logtape";
import { formatRecord } from "./log_format.ts";

function record(category: string[], level: LogRecord["level"], message: readonly unknown[]): LogRecord {
  return {
    category,
    level,
    message,
    rawMessage: "",
    timestamp: Date.UTC(2026, 0, 2, 3, 4, 5, 678),
    properties: {},
  };
}

const CASES: { name: string; record: LogRecord; form: "plain" | "journal"; want: string }[] = [
  {
    name: "writes time, level and plugin",
    record: record(["drbdd", "umh"], "warning", ["Rule ", "mail", " failed"]),
    form: "plain",
    want: "2026-01-02T03:04:05.678Z warn umh: Rule mail failed\n",
  },
  {
    name: "leaves the part out where there is none",
    record: record(["drbdd"], "info", ["ready"]),
    form: "plain",
    want: "2026-01-02T03:04:05.678Z info ready\n",
  },
  {
    name: "writes the priority and no time for the journal",
    record: record(["drbdd", "promoter"], "error", ["x"]),
    form: "journal",
    want: "<3>promoter: x\n",
  },
  {
    name: "gives every line of a message its prefix",
    record: record(["drbdd"], "debug", ["a\nb"]),
    form: "journal",
    want: "<7>a\n<7>b\n",
  },
  {
    name: "prints an error with all its causes",
    record: record(["drbdd"], "error", ["No: ", new Error("Cannot x", { cause: new Error("y") })]),
    form: "journal",
    want: "<3>No: Cannot x: y\n",
  },
  {
    name: "keeps control characters from steering a terminal",
    record: record(["drbdd"], "info", ["\x1b[2J", "\u009b", "\t", "\r"]),
    form: "journal",
    want: "<6>\\x1b[2J\\x9b\t\\x0d\n",
  },
  {
    name: "writes structures as JSON, big numbers included",
    record: record(["drbdd"], "info", ["", { a: 1n }]),
    form: "journal",
    want: '<6>{"a":"1"}\n',
  },
];

for (const { name, record, form, want } of CASES) {
  Deno.test(`formatRecord() ${name}`, () => assert.equal(formatRecord(record, form), want));
}
