/** Listening on kernels with IPv6 and on those without. */
import type { ListenAddress } from "../effects.ts";

/** `::` listens on v4 as well; both at once would be refused as one address used twice. */
export function onAllAddresses<Server>(serve: (hostname: string) => Server): Server {
  try {
    return serve("::");
  } catch (error) {
    if (error instanceof Deno.errors.AddrInUse || error instanceof Deno.errors.PermissionDenied) throw error;
    // A kernel without IPv6.
    return serve("0.0.0.0");
  }
}

/** Where a server that was to listen at `address` really does: on all addresses of which families, and at which port. */
export function actualAddress(address: ListenAddress, actual: Deno.Addr): ListenAddress {
  if (address.transport !== "tcp" || !("port" in actual) || !("hostname" in actual)) return address;
  const isV4Only = address.hostname === undefined && actual.hostname === "0.0.0.0";
  return { ...address, ...(isV4Only ? { hostname: "0.0.0.0" } : {}), port: actual.port };
}

/** What went wrong, with what can be done where the kernel does not know the family of an address. */
export function withFamilyHint(error: unknown, address: ListenAddress): unknown {
  const isFamily = error instanceof Error && /address family not supported/i.test(error.message);
  const isV6 = address.transport === "tcp" && address.hostname?.includes(":") === true;
  if (!isFamily || !isV6) return error;
  return new Error(
    `this kernel has no IPv6; write ":${address.port}" for all addresses there are, or an IPv4 address`,
    { cause: error },
  );
}
