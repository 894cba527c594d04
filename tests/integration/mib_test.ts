/** The MIB, read by programs that managers are built on. */
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { dirname } from "node:path";
import { columnsOf, SCALARS } from "../../plugins/agentx/columns.ts";
import { requires } from "./require.ts";
// Has Deno download it: what is only resolved need not be there.
import "net-snmp";

const FOLDER = new URL("../../example/snmp/", import.meta.url).pathname;
/** Debian's packages come without the MIBs of the standards; net-snmp for JavaScript brings those that are imported. */
const STANDARDS = `${dirname(createRequire(import.meta.url).resolve("net-snmp"))}/lib/mibs`;
/** The peer answers the index too, and so does drbdd: the MIB says what is so. */
const INDEX = /warning: index element `drbdMinor' of row `drbdEntry' should be not-accessible in SMIv2 MIB$/;

async function said(program: string, args: string[], env: Record<string, string> = {}): Promise<string[]> {
  const { stdout, stderr } = await new Deno.Command(program, { args, env }).output();
  const decoder = new TextDecoder();
  return (decoder.decode(stdout) + decoder.decode(stderr)).split("\n").filter((line) => line !== "");
}

Deno.test(requires(["smilint"], {
  name: "smilint has nothing to say of the MIB but that its index can be read",
  fn: async () => {
    const lines = await said("smilint", ["-l", "6", "-s", `${FOLDER}LINBIT-DRBD-MIB.txt`], {
      SMIPATH: STANDARDS,
    });
    assert.equal(lines.length, 1, lines.join("\n"));
    assert.match(lines[0] ?? "", INDEX);
  },
}));

Deno.test(requires(["snmptranslate"], {
  name: "snmptranslate finds every object of the MIB by its name",
  fn: async () => {
    const places = [
      ...SCALARS.map(({ name, number }) => ({ name: `${name}.0`, oid: `1.1.${number}.0` })),
      ...columnsOf(true).map(({ name, number }) => ({ name: `${name}.7`, oid: `1.2.1.${number}.7` })),
    ];
    const names = places.map(({ name }) => `LINBIT-DRBD-MIB::${name}`);
    const options = ["-M", `${STANDARDS}:${FOLDER}`, "-m", "LINBIT-DRBD-MIB", "-On"];
    const found = (await said("snmptranslate", [...options, ...names])).filter((line) =>
      line.startsWith(".")
    );
    assert.deepEqual(found, places.map(({ oid }) => `.1.3.6.1.4.1.23302.${oid}`));
  },
}));
