/** Names that DRBD allows for resources. */

/** The kernel keeps names in 128 bytes, with a zero at the end. */
const MAX_BYTES = 127;

/** What DRBD expects instead of a name that it does not allow, as the end of "expected ..."; undefined for valid names. */
export function nameFault(name: string): string | undefined {
  if (name === "") return "the name of a resource";
  // For drbdadm and drbdsetup it means every resource.
  if (name === "all") return 'another name: DRBD means every resource by "all"';
  // The kernel refuses slashes; drbdsetup events2 separates words by blanks.
  if (/[/\s\p{Cc}]/u.test(name)) return "a name without slashes, spaces and control characters";
  const excess = new TextEncoder().encode(name).length - MAX_BYTES;
  return excess > 0 ? `a name of at most ${MAX_BYTES} bytes` : undefined;
}
