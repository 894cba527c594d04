/**
 * The root file system of the containers: a minimal Debian with systemd, built once and kept outside the project.
 *
 * Nothing of drbdd or DRBD is in it. Containers only read it; what they write goes to memory of their own.
 */
import { createHash } from "node:crypto";

const SUITE = "bookworm";

/** Everything on top of Debian's essential packages. procps has the /bin/kill of many an ExecReload=. */
const PACKAGES = ["dbus", "procps", "systemd", "systemd-sysv"] as const;

/** Jobs that a machine runs for itself from time to time: none of them may happen to run during a test. */
const MASKED_UNITS = [
  "apt-daily-upgrade.timer",
  "apt-daily.timer",
  "dpkg-db-backup.timer",
  "e2scrub_all.timer",
  "fstrim.timer",
] as const;

const MMDEBSTRAP = [
  "--quiet",
  "--variant=minbase",
  `--include=${PACKAGES.join(",")}`,
  `--customize-hook=chroot "$1" systemctl mask ${MASKED_UNITS.join(" ")}`,
  SUITE,
] as const;

/**
 * The folder with the root file system, built first if it is not there (15 to 60 seconds, 210 MB). The name holds a
 * digest of how it is made, so a change above leads to a new one. Of several callers at once, also of several
 * processes, one builds and the others wait.
 * @throws {Error} If it cannot be built, with what mmdebstrap said.
 */
export async function rootFileSystem(): Promise<string> {
  const digest = createHash("sha256").update(JSON.stringify(MMDEBSTRAP)).digest("hex").slice(0, 12);
  const root = `${cacheHome()}/drbdd-tests/${SUITE}-${digest}`;
  const { success, stderr } = await new Deno.Command("sh", {
    args: [`${import.meta.dirname}/build_root.sh`, root, ...MMDEBSTRAP],
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).output();
  if (success) return root;
  const said = new TextDecoder().decode(stderr).slice(-4_000);
  throw new Error(`Cannot build the root file system "${root}"\n${said}`);
}

function cacheHome(): string {
  const home = Deno.env.get("XDG_CACHE_HOME");
  return home === undefined || home === "" ? `${Deno.env.get("HOME") ?? "/root"}/.cache` : home;
}
