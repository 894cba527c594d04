/**
 * Sandbox permissions: which ones the compiled program has, and which of them a daemon keeps.
 *
 * A compiled program can get no further permissions later, and revoked ones cannot be restored. A configuration can name files anywhere, so
 * the program starts with nested directories and keeps the deepest ones that contain the configured files.
 */

/** Programs that drbdd runs, and where distributions install them. */
export const PROGRAMS = {
  drbdsetup: ["/usr/sbin", "/sbin", "/usr/bin", "/bin"],
  drbdadm: ["/usr/sbin", "/sbin", "/usr/bin", "/bin"],
  systemctl: ["/usr/bin", "/bin"],
  journalctl: ["/usr/bin", "/bin"],
  sh: ["/bin", "/usr/bin"],
  /** Makes a new process group for what `sh` runs. */
  setsid: ["/usr/bin", "/bin"],
  /** Stats devices and control groups, which Deno refuses from 2.5 on. */
  stat: ["/usr/bin", "/bin"],
  /** Shows which processes use a mount that cannot be unmounted. Not always installed. */
  fuser: ["/usr/bin", "/bin", "/usr/sbin", "/sbin"],
  /** drbddctl only: for other nodes. */
  ssh: ["/usr/bin", "/bin"],
} as const;

export type Program = keyof typeof PROGRAMS;

/** The permissions something needs. Paths are absolute and include everything below them. */
export interface Needs {
  readonly run?: readonly Program[];
  readonly read?: readonly string[];
  readonly write?: readonly string[];
  /** Whether it listens or connects. */
  readonly net?: boolean;
}

/** All permissions kept. */
export interface Kept {
  readonly run: readonly Program[];
  readonly read: readonly string[];
  readonly write: readonly string[];
  readonly net: boolean;
}

export interface Permissions {
  /**
   * Revokes for good what is not needed. Returns what is kept; undefined without a sandbox. Never rejects: something needed but not
   * available will be refused when it is used.
   */
  keepOnly(needs: Needs): Promise<Kept | undefined>;
  /**
   * Gives back the network for good, as another thread has it for this one from now on. Returns whether this one is without
   * it now. Never rejects.
   */
  passOnNetwork(): Promise<boolean>;
  /** Descriptions of needed permissions that are not granted; empty if all are. */
  missing(needs: Needs): Promise<readonly string[]>;
}

/** The administrator's files: drbddctl changes them, the daemon never does. */
const CONFIGURATION = [
  "/etc",
  "/etc/drbdd.toml",
  "/etc/drbdd.d",
  "/etc/drbdd",
  "/etc/drbd-reactor.toml",
  "/etc/drbd-reactor.d",
] as const;

/** Where administrators keep recordings, besides the directories below. */
const ADMINISTRATORS = ["/root"] as const;

/** Directories for logs and sockets. None of them has programs or libraries. */
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

/** Never readable, whatever is configured. An explicit denial takes precedence. */
const NEVER_READ = [
  "/etc/shadow",
  "/etc/shadow-",
  "/etc/gshadow",
  "/etc/gshadow-",
  "/etc/security/opasswd",
] as const;

/** Environment variables: of systemd and the daemon, then of drbddctl. */
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
  "MAINPID",
  "NO_COLOR",
  "PAGER",
  "SHELL",
  "SSH_AUTH_SOCK",
  "TERM",
  "USER",
  "VISUAL",
  "XDG_CONFIG_HOME",
] as const;

/** The permissions of the compiled program. */
export const GIVEN = {
  run: Object.keys(PROGRAMS).flatMap((name) => namesOf(name as Program)),
  read: [...READ_ONLY, ...CONFIGURATION, ...DATA],
  neverRead: [...NEVER_READ],
  write: [...CONFIGURATION, ...ADMINISTRATORS, ...DATA],
  variables: [...VARIABLES, ...CTL_VARIABLES],
  /** System information: the node's name. */
  system: ["hostname"],
} as const;

/** Needed by drbddctl only. */
export const CTL_ONLY = {
  run: ["ssh"],
  write: [...CONFIGURATION, ...ADMINISTRATORS],
  variables: CTL_VARIABLES,
} as const;

/**
 * All names by which a program may be run: as found in PATH when drbdd starts and, if it is installed only later, where
 * distributions have it.
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

/** Whether `path` is `place` or below it. */
export function isWithin(path: string, place: string): boolean {
  return path === place || path.startsWith(place === "/" ? "/" : `${place}/`);
}

/** Which directories must be kept so that `paths` are accessible, and which can be revoked. */
export function placesFor(places: readonly string[], paths: readonly string[]) {
  const deepest = (path: string) =>
    places.filter((place) => isWithin(path, place)).sort((a, b) => b.length - a.length)[0];
  const chosen = unique(paths.flatMap((path) => deepest(path) ?? []));
  const isCovered = (place: string) => chosen.some((other) => other !== place && isWithin(place, other));
  const kept = chosen.filter((place) => !isCovered(place)).sort();
  // Revoking a directory also revokes all around it: what is inside a kept one has to stay.
  const given = places.filter((place) => !kept.some((other) => isWithin(place, other)));
  return { kept, given };
}
