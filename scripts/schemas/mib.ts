/**
 * Writes the MIB of the agentx plugin, for SNMP managers and for people, to example/snmp/. It says in SMIv2 (RFC 2578)
 * what `plugins/agentx/columns.ts` says.
 *
 *     deno task mib             write the file
 *     deno task mib --stdout    print it instead
 */
import { type Column, columnsOf, SCALARS, type Syntax } from "../../plugins/agentx/columns.ts";

/** When the objects last changed. To be changed, with a line of what changed, whenever they do. */
const LAST_UPDATED = "202611230000Z";

/** Columns that peer-states adds come after these. */
const OWN_COLUMNS = columnsOf(false).length;

/** The whole module. */
export function mibText(): string {
  const columns = columnsOf(true);
  return [
    HEAD,
    ...SCALARS.map(({ name, syntax, description, number }) =>
      object({ name, syntax, description, at: `drbdMeta ${number}` })
    ),
    TABLE,
    entryType(columns),
    ...columns.map((column) => object({ ...column, at: `drbdEntry ${column.number}` })),
    conformance(columns),
    "END",
  ].join("\n\n") + "\n";
}

const HEAD = `LINBIT-DRBD-MIB DEFINITIONS ::= BEGIN

-- The state of DRBD on a node, as drbdd's plugin agentx answers it, and drbd-reactor's plugin of the same name.
-- Written by "deno task mib" from what the plugin knows.

IMPORTS
    MODULE-IDENTITY, OBJECT-TYPE, Integer32, Unsigned32, Counter64, enterprises
        FROM SNMPv2-SMI
    DisplayString, TruthValue
        FROM SNMPv2-TC
    MODULE-COMPLIANCE, OBJECT-GROUP
        FROM SNMPv2-CONF;

linbit MODULE-IDENTITY
    LAST-UPDATED "${LAST_UPDATED}"
    ORGANIZATION "drbdd"
    CONTACT-INFO "drbdd, plugin agentx: its README says what to do when something is wrong"
    DESCRIPTION  "DRBD's resources, devices and peers as one node sees them. Nothing can be set."
    REVISION     "${LAST_UPDATED}"
    DESCRIPTION  "The objects of drbd-reactor 1.11, at the same places and of the same types."
    ::= { enterprises 23302 }

drbdData    OBJECT IDENTIFIER ::= { linbit 1 }
drbdMeta    OBJECT IDENTIFIER ::= { drbdData 1 }
drbdConformance OBJECT IDENTIFIER ::= { linbit 2 }`;

const TABLE = `drbdTable OBJECT-TYPE
    SYNTAX      SEQUENCE OF DrbdEntry
    MAX-ACCESS  not-accessible
    STATUS      current
    DESCRIPTION "The DRBD devices of the node."
    ::= { drbdData 2 }

drbdEntry OBJECT-TYPE
    SYNTAX      DrbdEntry
    MAX-ACCESS  not-accessible
    STATUS      current
    DESCRIPTION "A DRBD device. What is not known has no instance. drbdMinor, which identifies a device, can be read."
    INDEX       { drbdMinor }
    ::= { drbdTable 1 }`;

const SYNTAX: Readonly<Record<Syntax, string>> = {
  Integer32: "Integer32 (0..2147483647)",
  Unsigned32: "Unsigned32",
  Counter64: "Counter64",
  TruthValue: "TruthValue",
  DisplayString: "DisplayString",
};

interface Definition {
  readonly name: string;
  readonly syntax: Syntax;
  readonly units?: string;
  readonly description: string;
  readonly at: string;
}

function object({ name, syntax, units, description, at }: Definition): string {
  const lines = [
    `${name} OBJECT-TYPE`,
    `    SYNTAX      ${SYNTAX[syntax]}`,
    ...(units === undefined ? [] : [`    UNITS       "${units}"`]),
    "    MAX-ACCESS  read-only",
    "    STATUS      current",
    `    DESCRIPTION "${description}"`,
    `    ::= { ${at} }`,
  ];
  return lines.join("\n");
}

function entryType(columns: readonly Column[]): string {
  const members = columns.map(({ name, syntax }) => `    ${name} ${syntax}`);
  return `DrbdEntry ::= SEQUENCE {\n${members.join(",\n")}\n}`;
}

function conformance(columns: readonly Column[]): string {
  const versions = SCALARS.map(({ name }) => name);
  const own = columns.filter(({ number }) => number <= OWN_COLUMNS).map(({ name }) => name);
  const peers = columns.filter(({ number }) => number > OWN_COLUMNS).map(({ name }) => name);
  return [
    group("drbdDeviceGroup", [...versions, ...own], "What is always answered.", 1),
    group("drbdPeerGroup", peers, "What is answered too unless peer-states is false.", 2),
    `drbdCompliance MODULE-COMPLIANCE
    STATUS      current
    DESCRIPTION "What an agent has to answer."
    MODULE
    MANDATORY-GROUPS { drbdDeviceGroup }
    GROUP       drbdPeerGroup
    DESCRIPTION "The numbers of peers in each state can be left out."
    ::= { drbdConformance 3 }`,
  ].join("\n\n");
}

function group(name: string, objects: readonly string[], description: string, number: number): string {
  return `${name} OBJECT-GROUP
    OBJECTS {
        ${objects.join(",\n        ")}
    }
    STATUS      current
    DESCRIPTION "${description}"
    ::= { drbdConformance ${number} }`;
}

const HELP = `Writes the MIB of the agentx plugin to example/snmp/.

Usage: deno task mib [--stdout]

  --stdout   print it instead
`;

function main(args: readonly string[]): number {
  const [option] = args;
  if (option === undefined) {
    Deno.writeTextFileSync(new URL("../../example/snmp/LINBIT-DRBD-MIB.txt", import.meta.url), mibText());
  } else if (option === "--stdout") {
    Deno.stdout.writeSync(new TextEncoder().encode(mibText()));
  } else {
    Deno.stdout.writeSync(new TextEncoder().encode(HELP));
    return option === "--help" ? 0 : 2;
  }
  return 0;
}

if (import.meta.main) Deno.exit(main(Deno.args));
