/**
 * What drbdd may do in Deno's sandbox: what the compiled program is given, and what a daemon keeps of it.
 *
 * A compiled program cannot be given anything later, and what is given back is gone for good. A configuration can name
 * files anywhere, so the program starts with nested places, and keeps the deepest that hold what its configuration names.
 */

/** Programs that drbdd itself starts, and where distributions have them. */
export const PROGRAMS = {
  drbdsetup: ["/usr/sbin", "/sbin", "/usr/bin", "/bin"],
  drbdadm: ["/usr/sbin", "/sbin", "/usr/bin", "/bin"],
  systemctl: ["/usr/bin", "/bin"],
  journalctl: ["/usr/bin", "/bin"],
  sh: ["/bin", "/usr/bin"],
  /** Starts what `sh` is to run in a process group of its own. */
  setsid: ["/usr/bin", "/bin"],
  /** Looks at devices and control groups, which Deno itself refuses to, from 2.5 on. */
  stat: ["/usr/bin", "/bin"],
  /** Shows who uses a mount that does not stop. Not installed everywhere. */
  fuser: ["/usr/bin", "/bin", "/usr/sbin", "/sbin"],
  /** Of drbddctl alone: other nodes. */
  ssh: ["/usr/bin", "/bin"],
} as const;

export type Program = keyof typeof PROGRAMS;

/** What somebody needs to do. Paths are absolute, and stand for all that is below them as well. */
export interface Needs {
  readonly run?: readonly Program[];
  readonly read?: readonly string[];
  readonly write?: readonly string[];
  /** Whether it listens, or connects to a server. */
  readonly net?: boolean;
}

/** What is kept, in full. */
export interface Kept {
  readonly run: readonly Program[];
  readonly read: readonly string[];
  readonly write: readonly string[];
  readonly net: boolean;
}

export interface Permissions {
  /**
   * Gives back for good what is not needed. Returns what is kept; undefined where there is no sandbox. Never rejects: what
   * is needed and not available will be refused when it is used.
   */
  keepOnly(needs: Needs): Promise<Kept | undefined>;
  /** What is needed and may not be done, in words: empty if there is nothing of that kind. */
  missing(needs: Needs): Promise<readonly string[]>;
}

/** Of the administrator: drbddctl changes what is there, the daemon never. */
const CONFIGURATION = [
  "/etc",
  "/etc/drbdd.toml",
  "/etc/drbdd.d",
  "/etc/drbdd",
  "/etc/drbd-reactor.toml",
  "/etc/drbd-reactor.d",
] as const;

/** Where administrators keep recordings, beside the places below. */
const ADMINISTRATORS = ["/root"] as const;

/** Where logs and sockets can be. Programs and libraries are in none of them. */
const DATA = [
  "/home",
  "/media",
  "/mnt",
  "/opt",
  "/run",
  "/run/drbdd",
  "/run/systemd/notify",
  "/run/systemd/system",
  "/srv",
  "/tmp",
  "/var",
  "/var/lib",
  "/var/log",
  "/var/run",
  "/var/tmp",
] as const;

/** Read only. */
const READ_ONLY = [
  "/",
  "/dev",
  "/etc/letsencrypt",
  "/etc/pki",
  "/etc/ssl",
  "/etc/systemd/system",
  "/lib/drbd",
  "/sys/fs/cgroup",
  "/usr/lib/drbd",
  "/usr/lib/ocf",
  "/usr/local/etc",
] as const;

/** Never read, whatever is configured: nobody needs them. A rule of its own wins over what is given. */
const NEVER_READ = [
  "/etc/shadow",
  "/etc/shadow-",
  "/etc/gshadow",
  "/etc/gshadow-",
  "/etc/security/opasswd",
] as const;

/** Variables of the environment, by name: of systemd and of the daemon, then of drbddctl. */
const VARIABLES = [
  "PATH",
  "TMPDIR",
  "JOURNAL_STREAM",
  "NOTIFY_SOCKET",
  "RUNTIME_DIRECTORY",
  "WATCHDOG_PID",
  "WATCHDOG_USEC",
] as const;
const CTL_VARIABLES = [
  "COLUMNS",
  "EDITOR",
  "HOME",
  "LANG",
  "LC_ALL",
  "LC_CTYPE",
  "LINES",
  "NO_COLOR",
  "PAGER",
  "SHELL",
  "SSH_AUTH_SOCK",
  "TERM",
  "USER",
  "VISUAL",
  "XDG_CONFIG_HOME",
] as const;

/** What the compiled program is given. */
export const GIVEN = {
  run: Object.keys(PROGRAMS).flatMap((name) => namesOf(name as Program)),
  read: [...READ_ONLY, ...CONFIGURATION, ...DATA],
  neverRead: [...NEVER_READ],
  write: [...CONFIGURATION, ...ADMINISTRATORS, ...DATA],
  variables: [...VARIABLES, ...CTL_VARIABLES],
  /** Facts about the system: the name of the node. */
  system: ["hostname"],
} as const;

/** What of it is of drbddctl alone. */
export const CTL_ONLY = {
  run: ["ssh"],
  write: [...CONFIGURATION, ...ADMINISTRATORS],
  variables: CTL_VARIABLES,
} as const;

/**
 * All names by which a program may be run: as it is found in PATH when drbdd starts, and, should it be installed
 * only later, where distributions have it.
 */
export function namesOf(program: Program): string[] {
  return [program, ...PROGRAMS[program].map((directory) => `${directory}/${program}`)];
}

/** Both together. */
export function together(all: readonly Needs[]): Needs {
  return {
    run: unique(all.flatMap(({ run = [] }) => run)),
    read: unique(all.flatMap(({ read = [] }) => read)),
    write: unique(all.flatMap(({ write = [] }) => write)),
    net: all.some(({ net }) => net === true),
  };
}

export function unique<Value>(values: readonly Value[]): Value[] {
  return [...new Set(values)];
}

/** Whether `path` is `place`, or below it. */
export function isWithin(path: string, place: string): boolean {
  return path === place || path.startsWith(place === "/" ? "/" : `${place}/`);
}

/** Which of the places are kept so that `paths` can be reached, and which can be given back. */
export function placesFor(places: readonly string[], paths: readonly string[]) {
  const deepest = (path: string) =>
    places.filter((place) => isWithin(path, place)).sort((a, b) => b.length - a.length)[0];
  const chosen = unique(paths.flatMap((path) => deepest(path) ?? []));
  const isCovered = (place: string) => chosen.some((other) => other !== place && isWithin(place, other));
  const kept = chosen.filter((place) => !isCovered(place)).sort();
  // To revoke a place takes all around it as well: what is inside of one that is kept has to stay.
  const given = places.filter((place) => !kept.some((other) => isWithin(place, other)));
  return { kept, given };
}
