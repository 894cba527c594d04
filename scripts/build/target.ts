/** The machines that drbdd is built for. */

export const TARGETS = [
  { arch: "x86_64", triple: "x86_64-unknown-linux-gnu", deb: "amd64", machine: 0x3e },
  { arch: "aarch64", triple: "aarch64-unknown-linux-gnu", deb: "arm64", machine: 0xb7 },
] as const;

export type Target = typeof TARGETS[number];

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
