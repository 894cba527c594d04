/** Versions of DRBD, as `drbdadm --version` prints them. */

export interface Versions {
  /** Of the kernel module, as `a.b.c`; `0.0.0` if it is not loaded. */
  readonly module: string;
  /** Of drbd-utils, as `a.b.c`. */
  readonly utils: string;
}

/**
 * Parses the output of `drbdadm --version`: lines `KEY=VALUE`, one byte each for major, minor and patch.
 * Undefined if one of the keys is missing. Source: drbdadm_main.c.
 */
export function parseVersions(output: string): Versions | undefined {
  const module = versionOf(output, "DRBD_KERNEL_VERSION_CODE");
  const utils = versionOf(output, "DRBDADM_VERSION_CODE");
  return module === undefined || utils === undefined ? undefined : { module, utils };
}

function versionOf(output: string, key: string): string | undefined {
  const [, digits] = new RegExp(`^${key}=0x([0-9a-f]{1,8})$`, "im").exec(output) ?? [];
  if (digits === undefined) return undefined;
  const code = parseInt(digits, 16);
  return `${code >>> 16}.${code >>> 8 & 0xff}.${code & 0xff}`;
}
