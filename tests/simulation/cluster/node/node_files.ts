/** The files of a node as they are when it has booted: nothing of an earlier life is in /run. */
import { MemoryFiles } from "../../../support/simulated/memory_files.ts";
import type { ClusterSpec } from "../setup/spec.ts";
import { SHIM } from "../setup/unit_texts.ts";

/** Does something later. */
export type Later = (delayMs: number, happen: () => void) => void;

/** With `lateDeviceMs`, the backing devices of all resources appear so much later. */
export function filesAtBoot({ drbd }: ClusterSpec, lateDeviceMs = 0, later?: Later): MemoryFiles {
  const files = new MemoryFiles();
  files.put(SHIM, "secondary-secondary-force)");
  files.put("/sys/fs/cgroup/cgroup.controllers", "");
  const putDevices = () => {
    for (const { volumes } of drbd.resources) {
      for (const { backingDev } of volumes) files.putBlockDevice(backingDev);
    }
  };
  if (lateDeviceMs > 0 && later !== undefined) later(lateDeviceMs, putDevices);
  else putDevices();
  return files;
}
