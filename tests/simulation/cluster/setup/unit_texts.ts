/** The unit files of a simulated node: those of drbd-utils, drbdd's own, and those of the services. */
import { Missing, Target, type Unit } from "../../systemd/unit.ts";
import { Mount, type MountHost } from "../../systemd/mount.ts";
import { Service, type ServiceHost } from "../../systemd/service.ts";
import { templateOf, UnitFile } from "../../systemd/unit_file.ts";
import { type ResourceSpec, type ServiceSpec, unitOf } from "./spec.ts";

export const SHIM = "/usr/lib/drbd/scripts/drbd-service-shim.sh";
/** What systemd runs for a service. */
export const APP = "/usr/bin/app";
export const DRBDD = "/usr/sbin/drbdd";
export const DRBDD_UNIT = "drbdd.service";
const DROP_IN_PLACES = ["/etc/systemd/system", "/run/systemd/system"];

/** As the integration tests have them. */
const DRBD_UNITS = new URL("../../../integration/drbd_units/units/", import.meta.url);
const EXAMPLE_UNITS = new URL("../../../../example/", import.meta.url);

/** Unit files by name, without drop-ins. */
export type UnitTexts = ReadonlyMap<string, string>;

const FROM_FILES: UnitTexts = new Map([
  ...["drbd@.target", "drbd@.service", "drbd-promote@.service", "drbd-services@.target"].map(drbdUnit),
  drbdUnit("drbd-demote-or-escalate@.service"),
  ...[DRBDD_UNIT, "drbd-services-secondary@.target"].map((name): [string, string] => [
    name,
    Deno.readTextFileSync(new URL(name, EXAMPLE_UNITS)),
  ]),
]);

function drbdUnit(name: string): [string, string] {
  return [name, Deno.readTextFileSync(new URL(name, DRBD_UNITS)).replaceAll("@shim@", SHIM)];
}

/** All unit files of a node with these resources. */
export function unitTexts(resources: readonly Pick<ResourceSpec, "services" | "secondary">[]): UnitTexts {
  const services = resources.flatMap(({ services, secondary }) => [
    ...services,
    ...secondary?.services ?? [],
  ]);
  return new Map([
    ...FROM_FILES,
    ...services.map((each): [string, string] => [unitOf(each), serviceText(each)]),
  ]);
}

function serviceText({ name, kind, stopTimeoutMs, restartMs }: ServiceSpec): string {
  if (kind === "mount") return `[Mount]\nWhere=/${name}\n`;
  const type = kind === "address" ? "notify" : kind;
  const restart = restartMs === undefined ? "" : `Restart=on-failure\nRestartSec=${restartMs}ms\n`;
  return `[Service]\nType=${type}\nExecStart=${APP} ${name}\nTimeoutStopSec=${
    stopTimeoutMs / 1000
  }\n${restart}`;
}

/** Files of a node, as far as units need them. */
export interface FileTexts {
  /** Path and text of each file, in no particular order. */
  texts(): Iterable<readonly [path: string, text: string]>;
  /** Another one after each change of a file. */
  readonly version: number;
}

interface DropIn {
  readonly path: string;
  readonly text: string;
}

/** Makes units from their files and the drop-ins that are there now. */
export class UnitLoader {
  /** Drop-ins by unit, as they are in one version of the files. */
  readonly #known = new Map<string, readonly DropIn[]>();
  #knownVersion = -1;

  constructor(readonly texts: UnitTexts, readonly files: FileTexts, readonly host: ServiceHost & MountHost) {}

  load(name: string): Unit {
    const file = this.#read(name);
    if (file === undefined) return new Missing(new UnitFile(name, []), this.host);
    if (name.endsWith(".target")) return new Target(file, this.host);
    return name.endsWith(".mount") ? new Mount(file, this.host) : new Service(file, this.host);
  }

  readAgain(unit: Unit): void {
    if (this.isOutOfDate(unit)) unit.file = this.#read(unit.name) ?? unit.file;
  }

  #read(name: string): UnitFile | undefined {
    const text = this.#textOf(name);
    if (text === undefined) return undefined;
    const dropIns = this.#dropIns(name);
    return new UnitFile(name, [text, ...dropIns.map((each) => each.text)], dropIns.map((each) => each.path));
  }

  #textOf(name: string): string | undefined {
    return this.texts.get(name) ?? this.texts.get(templateOf(name) ?? "");
  }

  /** Its files are not what was loaded. */
  isOutOfDate({ name, file }: Unit): boolean {
    const text = this.#textOf(name);
    if (text === undefined) return false;
    const dropIns = this.#dropIns(name);
    return text !== file.texts[0] || dropIns.length !== file.dropIns.length ||
      dropIns.some((now, place) => now.path !== file.dropIns[place] || now.text !== file.texts[place + 1]);
  }

  #dropIns(unit: string): readonly DropIn[] {
    if (this.#knownVersion !== this.files.version) this.#known.clear();
    this.#knownVersion = this.files.version;
    let dropIns = this.#known.get(unit);
    if (dropIns === undefined) {
      dropIns = this.#findDropIns(unit);
      this.#known.set(unit, dropIns);
    }
    return dropIns;
  }

  /** In the order of their names; one of /etc hides one of the same name in /run. */
  #findDropIns(unit: string): DropIn[] {
    const byName = new Map<string, DropIn>();
    for (const place of DROP_IN_PLACES.toReversed()) {
      const directory = `${place}/${unit}.d/`;
      for (const [path, text] of this.files.texts()) {
        if (path.startsWith(directory) && path.endsWith(".conf")) {
          byName.set(path.slice(directory.length), { path, text });
        }
      }
    }
    return [...byName].sort(([a], [b]) => a < b ? -1 : 1).map(([, dropIn]) => dropIn);
  }
}
