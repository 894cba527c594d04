import assert from "node:assert/strict";
import snmp from "net-snmp";
import { columnsOf, SCALARS } from "../../plugins/agentx/columns.ts";
import { formatOid, META, ROOT, TABLE_ENTRY } from "../../plugins/agentx/oid.ts";
import { mibText } from "./mib.ts";

const MIB = new URL("../../example/snmp/LINBIT-DRBD-MIB.txt", import.meta.url);

Deno.test("The MIB in example/ is what deno task mib writes", async () => {
  assert.equal(await Deno.readTextFile(MIB), mibText());
});

/** What a program that reads MIBs finds out about an object. */
interface Found {
  readonly OID: string;
  readonly SYNTAX: string | Readonly<Record<string, unknown>>;
  readonly "MAX-ACCESS": string;
}

Deno.test("The MIB has every object at its place, with its type, to be read", () => {
  const store = snmp.createModuleStore();
  store.loadFromFile(MIB.pathname);
  const module = store.getModule("LINBIT-DRBD-MIB") as Readonly<Record<string, Found>>;
  const expected = [
    ...SCALARS.map(({ name, number, syntax }) => ({ name, syntax, place: [META, number] })),
    ...columnsOf(true).map(({ name, number, syntax }) => ({ name, syntax, place: [...TABLE_ENTRY, number] })),
  ];
  for (const { name, syntax, place } of expected) {
    const found = module[name];
    assert.ok(found, name);
    assert.equal(found.OID, formatOid([...ROOT, ...place]), name);
    const type = typeof found.SYNTAX === "string" ? found.SYNTAX : Object.keys(found.SYNTAX)[0];
    assert.equal(type, syntax, name);
    assert.equal(found["MAX-ACCESS"], "read-only", name);
  }
});
