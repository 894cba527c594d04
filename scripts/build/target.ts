/** The machines that drbdd is built for. */
import { fail } from "./command.ts";

export const TARGETS = [
  { arch: "x86_64", triple: "x86_64-unknown-linux-gnu", deb: "amd64", machine: 0x3e },
  { arch: "aarch64", triple: "aarch64-unknown-linux-gnu", deb: "arm64", machine: 0xb7 },
] as const;

export type Target = typeof TARGETS[number];

/** The one of this name; ends the program if there is none. */
export function targetFor(arch: string): Target {
  return TARGETS.find((target) => target.arch === arch) ??
    fail(`--target is ${arch}, expected ${TARGETS.map((target) => target.arch).join(" or ")}`);
}

/** Which machine a program is for. Source: elf(5), e_machine. */
export async function machineOf(path: string): Promise<string> {
  using file = await Deno.open(path);
  const header = new Uint8Array(20);
  await file.read(header);
  const isElf = new TextDecoder().decode(header.subarray(1, 4)) === "ELF";
  const machine = new DataView(header.buffer).getUint16(18, true);
  return isElf
    ? TARGETS.find((target) => target.machine === machine)?.arch ?? `machine ${machine}`
    : "nothing";
}
