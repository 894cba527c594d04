import assert from "node:assert/strict";
import * as v from "valibot";
import {
  type Address,
  addressText,
  formatAddress,
  isLocal,
  parseAddress,
  parseTcpAddress,
  tcpAddressText,
} from "./address.ts";

const ALL = { all: true, hostNames: true };
const tcp = (hostname: string | undefined, port: number): Address => ({ transport: "tcp", hostname, port });

const TAKEN: readonly { text: string; want: Address; isLocal: boolean }[] = [
  { text: ":9942", want: tcp(undefined, 9942), isLocal: false },
  { text: "0.0.0.0:9942", want: tcp("0.0.0.0", 9942), isLocal: false },
  { text: "127.0.0.1:0", want: tcp("127.0.0.1", 0), isLocal: true },
  { text: "10.0.0.7:65535", want: tcp("10.0.0.7", 65535), isLocal: false },
  { text: "[::1]:80", want: tcp("::1", 80), isLocal: true },
  { text: "[::]:80", want: tcp("::", 80), isLocal: false },
  { text: "[fe80::1:2]:80", want: tcp("fe80::1:2", 80), isLocal: false },
  { text: "localhost:705", want: tcp("localhost", 705), isLocal: true },
  { text: "snmp-1.example.org:705", want: tcp("snmp-1.example.org", 705), isLocal: false },
  { text: "unix:/run/a b.sock", want: { transport: "unix", path: "/run/a b.sock" }, isLocal: true },
];
for (const { text, want, isLocal: local } of TAKEN) {
  Deno.test(`parseAddress() takes ${text}`, () => {
    assert.deepEqual(parseAddress(text, ALL), want);
    assert.equal(formatAddress(want), text);
    assert.equal(isLocal(want), local);
  });
}

const REFUSED = [
  "",
  ":",
  "9942",
  "10.0.0.7",
  "10.0.0.7:",
  "10.0.0.7:65536",
  "10.0.0.7:-1",
  "10.0.0.7: 80",
  "10.0.0.256:80",
  "10.0.0:80",
  "10.0.0.7.8:80",
  "::1:80",
  "[::1]",
  "[::g]:80",
  "[127.0.0.1]:80",
  "[localhost]:80",
  "-host:80",
  "ho st:80",
  "host/path:80",
  "http://host:80",
  "unix:",
  "unix:relative.sock",
  "host:80\n",
];
for (const text of REFUSED) {
  Deno.test(`parseAddress() refuses ${JSON.stringify(text)}`, () =>
    assert.equal(parseAddress(text, ALL), undefined));
}

Deno.test("parseTcpAddress() takes names and :PORT only where they are allowed, and never a unix socket", () => {
  for (const text of ["localhost:80", ":80", "unix:/run/x"]) assert.equal(parseTcpAddress(text), undefined);
});

Deno.test("isLocal() does not take a name for an address that begins with 127", () => {
  assert.equal(isLocal(tcp("127.example.org", 80)), false);
});

Deno.test("tcpAddressText() and addressText() say what an address looks like", () => {
  const messageOf = (schema: v.GenericSchema) => v.safeParse(schema, "x").issues?.[0].message;
  assert.equal(messageOf(tcpAddressText({}, "")), '"IP:PORT" or "[IPV6]:PORT"');
  assert.equal(
    messageOf(addressText({ all: true }, "")),
    '"IP:PORT", "[IPV6]:PORT", ":PORT" for all addresses or "unix:/PATH"',
  );
});
