/** Listening on kernels with and without IPv6. */
import type { ListenAddress } from "../effects.ts";

/** `::` listens on IPv4 as well; listening on both separately would be refused. */
export function onAllAddresses<Server>(serve: (hostname: string) => Server): Server {
  try {
    return serve("::");
  } catch (error) {
    if (error instanceof Deno.errors.AddrInUse || error instanceof Deno.errors.PermissionDenied) throw error;
    // A kernel without IPv6.
    return serve("0.0.0.0");
  }
}

/** Where a server for `address` really listens: which families, and which port. */
export function actualAddress(address: ListenAddress, actual: Deno.Addr): ListenAddress {
  if (address.transport !== "tcp" || !("port" in actual) || !("hostname" in actual)) return address;
  const isV4Only = address.hostname === undefined && actual.hostname === "0.0.0.0";
  return { ...address, ...(isV4Only ? { hostname: "0.0.0.0" } : {}), port: actual.port };
}

/** An error to listen, with advice if the kernel does not support the address family. */
export function withFamilyHint(error: unknown, address: ListenAddress): unknown {
  const isFamily = error instanceof Error && /address family not supported/i.test(error.message);
  const isV6 = address.transport === "tcp" && address.hostname?.includes(":") === true;
  if (!isFamily || !isV6) return error;
  return new Error(
    `this kernel has no IPv6; write ":${address.port}" for all addresses, or an IPv4 address`,
    { cause: error },
  );
}
