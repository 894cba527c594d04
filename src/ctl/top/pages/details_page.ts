/** All there is to say of one resource. */
import { ago, amount, clock, percent } from "../../../../plugins/api/page/scripts/format.js";
import { nameOf } from "../../../../plugins/api/page/scripts/assessment.js";
import type { Decision, Device, Resource } from "../../../../plugins/api/page/scripts/types.ts";
import { type Line, line, span, type Tone } from "../../screen/line.ts";
import type { Symbols } from "../../screen/symbols.ts";
import { table } from "../../screen/table.ts";
import { mark, syncSpans } from "./cells.ts";
import type { ResourceRow } from "../state/snapshot.ts";

export interface Behind {
  /** What the promoter last decided of it, oldest first; undefined if that cannot be asked. */
  readonly decisions: readonly Decision[] | undefined;
  readonly now: Date;
}

const INDENT = " ";

/** Lines of whatever width it takes. */
export function detailLines(
  { resource, assessment, ageMs }: ResourceRow,
  { decisions, now }: Behind,
  symbols: Symbols,
): Line[] {
  return [
    headline(resource, symbols),
    ...assessment.problems.flatMap(({ level, text, next, since }) => [
      line(
        INDENT,
        mark(level, symbols),
        " ",
        span(text, level === "critical" ? "bad" : "warning"),
        span(since === null ? "" : `, since ${clock(new Date(since), now)}`, "dim"),
      ),
      line(INDENT, "  ", span("Next: ", "dim"), next),
    ]),
    ...assessment.syncs.map((sync) =>
      line(INDENT, mark("syncing", symbols), " ", ...syncSpans(sync, ago(ageMs()), symbols))
    ),
    line(),
    ...indented(deviceTable(resource)),
    ...(resource.connections.length === 0 ? [] : [line(), ...indented(peerTable(resource))]),
    ...pathLines(resource),
    ...decisionLines(decisions, now),
  ];
}

function headline(resource: Resource, { dot }: Symbols): Line {
  const { name, role, "may-promote": mayPromote, "promotion-score": score } = resource;
  const facts = [
    span(role, role === "Primary" ? "strong" : "plain"),
    ...(role === "Primary" ? [] : [span(mayPromote ? "may be promoted here" : "may not be promoted here")]),
    span(`promotion score ${score}`, "dim"),
  ];
  return line(
    span(name, "title"),
    "  ",
    ...facts.flatMap((fact, place) => place === 0 ? [fact] : [` ${dot} `, fact]),
  );
}

function deviceTable({ devices }: Resource): Line[] {
  return table(
    ["vol", "minor", "disk", "quorum", "open", "size", "backing device"],
    devices.map((device) => [
      String(device.volume),
      String(device.minor ?? ""),
      span(device.client ? `${device["disk-state"]} client` : device["disk-state"], diskTone(device)),
      span(device.quorum ? "yes" : "no", device.quorum ? "plain" : "bad"),
      device.open ? "yes" : "no",
      device.size === undefined ? "" : amount(device.size),
      device["backing-dev"] ?? "",
    ]),
  );
}

function diskTone({ "disk-state": state, client }: Device): Tone {
  if (state === "UpToDate") return "good";
  return state === "Failed" || state === "Diskless" && !client ? "bad" : client ? "plain" : "warning";
}

function peerTable({ connections }: Resource): Line[] {
  return table(
    ["peer", "connection", "role", "vol", "disk", "replication", "in sync", "behind"],
    connections.flatMap((connection) => {
      const isConnected = connection["connection-state"] === "Connected";
      const head = [
        span(nameOf(connection), "strong"),
        span(connection["connection-state"], isConnected ? "plain" : "warning"),
        connection["peer-role"],
      ];
      const rows = connection.peer_devices.map((device) => [
        String(device.volume),
        span(
          device["peer-disk-state"],
          device["peer-disk-state"] === "UpToDate" ? "good" : device["peer-client"] ? "plain" : "warning",
        ),
        device["replication-state"],
        device["percent-in-sync"] === undefined ? "" : percent(device["percent-in-sync"]),
        device["out-of-sync"] === undefined ? "" : amount(device["out-of-sync"]),
      ]);
      return rows.length === 0
        ? [head]
        : rows.map((row, place) => [...(place === 0 ? head : ["", "", ""]), ...row]);
    }),
  );
}

/** Only where a peer has more than one, or one is down. */
function pathLines({ connections }: Resource): Line[] {
  const rows = connections.filter(({ paths }) =>
    paths.length > 1 || paths.some(({ established }) => !established)
  )
    .flatMap((connection) =>
      connection.paths.map(({ this_host: here, remote_host: there, established }) => [
        nameOf(connection),
        hostText(here),
        hostText(there),
        span(established ? "established" : "down", established ? "good" : "warning"),
      ])
    );
  return rows.length === 0 ? [] : [line(), ...indented(table(["path to", "from", "to", "state"], rows))];
}

function hostText({ address, port }: { readonly address: string; readonly port?: number }): string {
  const host = address.includes(":") ? `[${address}]` : address;
  return port === undefined ? host : `${host}:${port}`;
}

/** The newest first: there may be more than fit. */
function decisionLines(decisions: readonly Decision[] | undefined, now: Date): Line[] {
  if (decisions === undefined || decisions.length === 0) return [];
  return [
    line(),
    line(INDENT, span("last decisions", "dim")),
    ...decisions.toReversed().map(({ time, text }) =>
      line(INDENT, span(clock(new Date(time), now), "dim"), `  ${text}`)
    ),
  ];
}

function indented(lines: readonly Line[]): Line[] {
  return lines.map(({ spans }) => ({ spans: [span(INDENT), ...spans] }));
}
