import assert from "node:assert/strict";
import { parseStartEntry, type StartEntry } from "./start_entry.ts";

const TAKEN: readonly { entry: string; want: StartEntry }[] = [
  { entry: "nginx.service", want: { kind: "unit", unit: "nginx.service" } },
  { entry: "  srv-data.mount\n", want: { kind: "unit", unit: "srv-data.mount" } },
  { entry: "pg@14-main.service", want: { kind: "unit", unit: "pg@14-main.service" } },
  { entry: String.raw`srv-my\x2ddata.mount`, want: { kind: "unit", unit: String.raw`srv-my\x2ddata.mount` } },
  { entry: "drbdd-backup.service", want: { kind: "unit", unit: "drbdd-backup.service" } },
  { entry: "a.b.target", want: { kind: "unit", unit: "a.b.target" } },
  {
    entry: "ocf:heartbeat:IPaddr2 vip",
    want: {
      ...{
        kind: "ocf",
        unit: String.raw`ocf.rs@vip_my\x2dres.service`,
        vendor: "heartbeat",
        agent: "IPaddr2",
      },
      ...{ id: "vip", parameters: [] },
    },
  },
  {
    entry: ` ocf:linbit:Mail-To  my.id ip=10.0.0.1 'text=a b=c' flag empty=""`,
    want: {
      ...{
        kind: "ocf",
        unit: String.raw`ocf.rs@my.id_my\x2dres.service`,
        vendor: "linbit",
        agent: "Mail-To",
      },
      id: "my.id",
      parameters: [
        { name: "ip", value: "10.0.0.1" },
        { name: "text", value: "a b=c" },
        { name: "flag", value: "" },
        { name: "empty", value: "" },
      ],
    },
  },
];
for (const { entry, want } of TAKEN) {
  Deno.test(`parseStartEntry() reads ${JSON.stringify(entry)}`, () => {
    assert.deepEqual(parseStartEntry(entry, "my-res"), want);
  });
}

const OCF = '"ocf:VENDOR:AGENT ID name=value ..."';

const REFUSED: readonly { entry: string; expected: string }[] = [
  { entry: "", expected: "the name of a unit with its suffix" },
  { entry: "nginx", expected: 'the name of a unit with its suffix, for example "nginx.service"' },
  { entry: ".service", expected: "the name of a unit with its suffix" },
  {
    entry: "nginx.servce",
    expected: "the name of a unit, which ends in .service, .mount or another type of systemd's",
  },
  { entry: "systemctl start nginx", expected: "the name of a unit with its suffix" },
  {
    entry: "a b.service",
    expected:
      "the name of a unit: letters, digits and : - _ . \\ @ only, all others escaped by systemd-escape",
  },
  { entry: "pg@.service", expected: 'an instance of this template, for example "pg@NAME.service"' },
  { entry: "@x.service", expected: "the name of a unit that does not begin with @" },
  ...[
    "drbd-promote@web.service",
    "drbd-services@web.target",
    "drbd-services-secondary@web.target",
    "drbd-demote-or-escalate@my\\x2dres.service",
    "drbdd.service",
    "drbdd-reload.path",
  ].map((entry) => ({
    entry,
    expected: `units of your services only: drbdd takes care of ${JSON.stringify(entry)} itself`,
  })),
  { entry: "-x.service", expected: "the name of a unit that does not begin with -" },
  { entry: `${"x".repeat(260)}.service`, expected: "the name of a unit of at most 253 characters" },
  {
    entry: "/srv/my-data",
    expected: String.raw`the name of a unit, for a mount at this path "srv-my\\x2ddata.mount"`,
  },
  { entry: "/srv/data.mount", expected: 'the name of a unit, for a mount at this path "srv-data.mount"' },
  { entry: "/srv/../x", expected: "the name of a unit, without a slash" },
  { entry: "multi/user.target", expected: "the name of a unit, without a slash" },
  { entry: "ocf:heartbeat", expected: OCF },
  { entry: "ocf:heartbeat: vip", expected: OCF },
  { entry: "ocf:a:b:c vip", expected: OCF },
  { entry: "ocf:heartbeat:../../bin/sh vip", expected: OCF },
  { entry: "ocf:heartbeat:IPaddr2", expected: `${OCF} with an ID` },
  { entry: "ocf:heartbeat:IPaddr2 ip=10.0.0.1", expected: `${OCF} with an ID before the parameters` },
  { entry: "ocf:heartbeat:IPaddr2 vip 'ip=1", expected: `${OCF} with closed quotes` },
  {
    entry: "ocf:heartbeat:IPaddr2 vip my-ip=1",
    expected: 'names of parameters of letters, digits and _ only, unlike "my-ip"',
  },
  {
    entry: "ocf:heartbeat:IPaddr2 vip =1",
    expected: 'names of parameters of letters, digits and _ only, unlike ""',
  },
  {
    entry: `ocf:heartbeat:IPaddr2 ${"v".repeat(250)}`,
    expected: 'an ID so short that "ocf.rs@vvvvvvvvvvvvv..." is a unit\'s name',
  },
];
for (const { entry, expected } of REFUSED) {
  Deno.test(`parseStartEntry() refuses ${JSON.stringify(entry.slice(0, 40))}`, () => {
    const fault = parseStartEntry(entry, "my-res");
    assert.equal(fault.kind === "fault" && fault.expected, expected);
  });
}
