/** Deno's sandbox. */
import {
  CTL_ONLY,
  GIVEN,
  type Kept,
  namesOf,
  type Needs,
  type Permissions,
  placesFor,
  type Program,
  PROGRAMS,
  together,
  unique,
} from "../permissions.ts";
import { ownFolders } from "../own_folders.ts";

const ALL_PROGRAMS = Object.keys(PROGRAMS) as readonly Program[];

/** Permissions that every daemon needs. */
const DAEMON: Needs = { run: ["drbdsetup"] };

/** The sandbox of this process. Relative paths are relative to its working directory. */
export function denoPermissions(): Permissions {
  const start = folderOfStart();
  let isPassedOn = false;
  return {
    async keepOnly(needs) {
      if (await isUnlimited()) return undefined;
      const all = await absolute(together([DAEMON, needs, needsOfEnvironment(needs)]), start);
      for (const program of ALL_PROGRAMS) {
        if (!all.run.includes(program)) await giveBackProgram(program);
      }
      const read = await keepPlaces("read", GIVEN.read, all.read);
      const write = await keepPlaces("write", GIVEN.write, all.write);
      if (!all.net) await Deno.permissions.revoke({ name: "net" });
      return { run: all.run, read, write, net: all.net };
    },

    async passOnNetwork() {
      isPassedOn = true;
      if (await isUnlimited() || needsOfEnvironment({}).net) return false;
      await Deno.permissions.revoke({ name: "net" });
      return true;
    },

    async missing(needs) {
      if (await isUnlimited()) return [];
      const { run, read, write, net } = await absolute(together([needs, needsOfEnvironment(needs)]), start);
      const missing: string[] = [];
      for (const program of run) {
        if (!await mayRun(program)) missing.push(`run ${program}`);
      }
      for (const [name, paths] of [["read", read], ["write", write]] as const) {
        for (const path of paths) {
          if (!await isGranted({ name, path })) missing.push(`${name} "${path}"`);
        }
      }
      if (net && !isPassedOn && !await isGranted({ name: "net" })) missing.push("use the network");
      return missing;
    },
  };
}

/** Before the daemon reads anything, it revokes what only drbddctl needs and no configuration can require. */
export async function giveBackForDaemon(): Promise<void> {
  if (await isUnlimited()) return;
  for (const program of CTL_ONLY.run) await giveBackProgram(program);
  for (const path of CTL_ONLY.write) await Deno.permissions.revoke({ name: "write", path });
  for (const variable of CTL_ONLY.variables) await Deno.permissions.revoke({ name: "env", variable });
}

/** Whether there is no sandbox, as when run from source with all permissions. No program of ours has ffi. */
function isUnlimited(): Promise<boolean> {
  return isGranted({ name: "ffi" });
}

async function isGranted(descriptor: Deno.PermissionDescriptor): Promise<boolean> {
  return (await Deno.permissions.query(descriptor)).state === "granted";
}

async function mayRun(program: Program): Promise<boolean> {
  for (const command of namesOf(program)) {
    if (await isGranted({ name: "run", command })) return true;
  }
  return false;
}

async function giveBackProgram(program: Program): Promise<void> {
  for (const command of namesOf(program)) await Deno.permissions.revoke({ name: "run", command });
}

async function keepPlaces(name: "read" | "write", places: readonly string[], paths: readonly string[]) {
  const { kept, given } = placesFor(places, paths);
  for (const path of given) await Deno.permissions.revoke({ name, path });
  return kept;
}

/** Permissions needed for systemd's environment and the way drbdd serves HTTP, whatever is configured. */
function needsOfEnvironment({ net = false }: Needs): Needs {
  const notifySocket = Deno.env.get("NOTIFY_SOCKET");
  const paths = ownFolders((name) => Deno.env.get(name), net);
  if (notifySocket?.startsWith("/")) paths.push(notifySocket);
  // From Deno 2.5 on the notify socket needs network permission too.
  return { read: paths, write: paths, net: Boolean(notifySocket) && unixIsNetwork() };
}

function unixIsNetwork(): boolean {
  const [major = 0, minor = 0] = Deno.version.deno.split(".").map(Number);
  return major > 2 || major === 2 && minor >= 5;
}

function folderOfStart(): string {
  try {
    return Deno.cwd();
  } catch {
    return "/"; // The working directory was removed.
  }
}

/** Deno compares paths literally. */
async function absolute(
  { run = [], read = [], write = [], net = false }: Needs,
  start: string,
): Promise<Kept> {
  const { resolve } = await import("node:path/posix");
  const all = (paths: readonly string[]) => unique(paths.map((path) => resolve(start, path)));
  return { run, read: all(read), write: all(write), net };
}
