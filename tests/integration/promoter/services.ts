/** Services for start lists, which note in the calls of the stand-ins when they start and stop. */
import type { ContainerFile } from "../container/container.ts";

/** A service that is started and stopped by notes: oneshot, it has no process. */
export function noting(name: string): Record<string, ContainerFile> {
  const note = "/usr/lib/drbdd-standin/note";
  return unit(
    name,
    `Type=oneshot
RemainAfterExit=yes
ExecStart=${note} start ${name}
ExecStop=${note} stop ${name}
`,
  );
}

/** A service with a process. */
export function sleeping(name: string, more = ""): Record<string, ContainerFile> {
  const note = "/usr/lib/drbdd-standin/note";
  return unit(
    name,
    `ExecStartPre=${note} start ${name}
ExecStart=sleep infinity
ExecStopPost=${note} stop ${name}
${more}`,
  );
}

export function unit(name: string, service: string): Record<string, ContainerFile> {
  return { [`/etc/systemd/system/${name}.service`]: `[Service]\n${service}` };
}
