import assert from "node:assert/strict";
import { parseVersions, type Versions } from "./versions.ts";

function output(module: string, utils: string): string {
  return [
    "DRBDADM_BUILDTAG=GIT-hash:\\ 0123abcd\\ build\\ by\\ root@build\\,\\ 2026-01-01\\ 12:00:00",
    "DRBDADM_API_VERSION=2",
    `DRBD_KERNEL_VERSION_CODE=${module}`,
    "DRBD_KERNEL_VERSION=9.2.14",
    `DRBDADM_VERSION_CODE=${utils}`,
    "DRBDADM_VERSION=9.34.0",
    "",
  ].join("\n");
}

const CASES: readonly { name: string; output: string; want: Versions | undefined }[] = [
  {
    name: "reads module and utils",
    output: output("0x09020e", "0x092200"),
    want: { module: "9.2.14", utils: "9.34.0" },
  },
  {
    name: "reads capital digits",
    output: output("0x09020E", "0x0922FF"),
    want: { module: "9.2.14", utils: "9.34.255" },
  },
  {
    name: "says 0.0.0 of a module that is not loaded",
    output: output("0x000000", "0x092200"),
    want: { module: "0.0.0", utils: "9.34.0" },
  },
  { name: "refuses an empty output", output: "", want: undefined },
  { name: "refuses codes that are no numbers", output: output("9.2.14", "0x092200"), want: undefined },
  { name: "refuses codes that are too long", output: output("0x09020e", "0x0922000000"), want: undefined },
  {
    name: "refuses usage text",
    output: "USAGE: drbdadm COMMAND [OPTION...]\nDRBDADM_VERSION_CODE\n",
    want: undefined,
  },
];

for (const { name, output, want } of CASES) {
  Deno.test(`parseVersions() ${name}`, () => assert.deepEqual(parseVersions(output), want));
}
