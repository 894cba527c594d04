/**
 * What a container needs to look like a node of a DRBD cluster: systemd units with the names and relations of those of
 * drbd-utils, and stand-ins for its programs.
 */
import type { ContainerFile } from "../container/container.ts";

/** A release of drbd-utils that matters: Debian 12 has 9.22, 9.34 was the newest when this was written. */
export type Flavour = "9.22" | "9.34";

interface FlavourFacts {
  readonly shim: string;
  /** Folders with units. A unit in a later one replaces its namesake. */
  readonly unitFolders: readonly string[];
  /** DRBDADM_VERSION_CODE of `drbdadm --version`. */
  readonly versionCode: string;
}

export const FLAVOURS: Readonly<Record<Flavour, FlavourFacts>> = {
  "9.22": {
    shim: "/lib/drbd/scripts/drbd-service-shim.sh",
    unitFolders: ["units"],
    versionCode: "0x091600",
  },
  "9.34": {
    shim: "/usr/lib/drbd/scripts/drbd-service-shim.sh",
    unitFolders: ["units", "units-9.34"],
    versionCode: "0x092200",
  },
};

const PROGRAMS = {
  "standin.sh": "/usr/lib/drbdd-standin/standin.sh",
  "note": "/usr/lib/drbdd-standin/note",
  "drbdadm": "/usr/sbin/drbdadm",
  "drbdsetup": "/usr/sbin/drbdsetup",
} as const;

/** For `Container.start({ files })`. Nothing is enabled or started, and no resource is defined. */
export async function drbdFiles(flavour: Flavour): Promise<Record<string, ContainerFile>> {
  const { shim, unitFolders, versionCode } = FLAVOURS[flavour];
  const files: Record<string, ContainerFile> = {
    [shim]: { text: await ownFile("programs/drbd-service-shim.sh"), mode: 0o755 },
    "/var/lib/standin/version": version(flavour, versionCode),
  };
  for (const [name, path] of Object.entries(PROGRAMS)) {
    files[path] = { text: await ownFile(`programs/${name}`), mode: 0o755 };
  }
  for (const folder of unitFolders) {
    for await (const { name } of Deno.readDir(`${import.meta.dirname}/${folder}`)) {
      const unit = await ownFile(`${folder}/${name}`);
      files[`/lib/systemd/system/${name}`] = unit.replaceAll("@shim@", shim);
    }
  }
  return files;
}

async function ownFile(path: string): Promise<string> {
  return await Deno.readTextFile(`${import.meta.dirname}/${path}`);
}

function version(flavour: Flavour, code: string): string {
  return `DRBDADM_BUILDTAG=stand-in
DRBDADM_API_VERSION=2
DRBD_KERNEL_VERSION_CODE=0x09020e
DRBD_KERNEL_VERSION=9.2.14
DRBDADM_VERSION_CODE=${code}
DRBDADM_VERSION=${flavour}.0
`;
}
