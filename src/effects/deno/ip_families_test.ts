import assert from "node:assert/strict";
import { describe } from "../describe.ts";
import { actualAddress, onAllAddresses, withFamilyHint } from "./ip_families.ts";

const UNSUPPORTED = new Error("Address family not supported by protocol (os error 97)");

/** A kernel that knows no IPv6. */
function onlyV4(hostname: string): string {
  if (hostname.includes(":")) throw UNSUPPORTED;
  return hostname;
}

Deno.test("all addresses are those of IPv4 where the kernel has no IPv6, and of both elsewhere", () => {
  assert.equal(onAllAddresses(onlyV4), "0.0.0.0");
  assert.equal(onAllAddresses((hostname) => hostname), "::");
  assert.throws(
    () =>
      onAllAddresses(() => {
        throw new Deno.errors.AddrInUse("in use");
      }),
    /in use/,
  );
});

Deno.test("a server on all addresses says on which it really listens", () => {
  const all = { transport: "tcp", hostname: undefined, port: 0 } as const;
  const actual = (hostname: string) => actualAddress(all, { transport: "tcp", hostname, port: 9942 });
  assert.deepEqual(actual("::"), { transport: "tcp", hostname: undefined, port: 9942 });
  assert.deepEqual(actual("0.0.0.0"), { transport: "tcp", hostname: "0.0.0.0", port: 9942 });
  const one = { transport: "tcp", hostname: "127.0.0.1", port: 0 } as const;
  assert.deepEqual(actualAddress(one, { transport: "tcp", hostname: "127.0.0.1", port: 1 }), {
    ...one,
    port: 1,
  });
});

Deno.test("an IPv6 address on a kernel without IPv6 is refused with what to write in its place", () => {
  const address = { transport: "tcp", hostname: "::", port: 9942 } as const;
  assert.equal(
    describe(withFamilyHint(UNSUPPORTED, address)),
    'this kernel has no IPv6; write ":9942" for all addresses, or an IPv4 address: ' +
      "Address family not supported by protocol",
  );
  const others = [
    withFamilyHint(new Error("in use"), address),
    withFamilyHint(UNSUPPORTED, { ...address, hostname: "192.0.2.1" }),
  ];
  assert.deepEqual(others.map(describe), ["in use", "Address family not supported by protocol"]);
});
