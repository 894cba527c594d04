/**
 * What the process of the daemon uses, as every exporter of Prometheus shows it of itself. The README of the plugin prometheus
 * describes these metrics.
 */
import type { Clock, OwnProcess } from "../../effects/effects.ts";
import type { Metrics } from "./metrics.ts";

/** Where Deno does not let /proc be read, a program counts the files: not for each of many scrapes. */
const COUNT_FILES_EVERY_MS = 5_000;

/** Has `metrics` show what the process uses. The number of open files is that of the last time they were counted. */
export function showProcess(metrics: Metrics, own: OwnProcess, clock: Clock): void {
  const gauge = (name: string, help: string) => metrics.family(name, "gauge", help);
  const started = gauge(
    "process_start_time_seconds",
    "Start time of the process since unix epoch in seconds",
  );
  const resident = gauge("process_resident_memory_bytes", "Resident memory size in bytes");
  const files = gauge("process_open_fds", "Number of open file descriptors");
  const cpu = metrics.family(
    "process_cpu_seconds_total",
    "counter",
    "Total user and system CPU time spent in seconds",
  );
  let countedMs = -Infinity;
  const count = async () => {
    countedMs = clock.nowMs();
    const number = await own.openFiles();
    if (number !== undefined) files.set({}, number);
  };
  void count();
  metrics.beforeShown(() => {
    const { startedMs, residentBytes, cpuSeconds } = own.usage();
    started.set({}, startedMs / 1000);
    resident.set({}, residentBytes);
    cpu.set({}, cpuSeconds);
    if (clock.nowMs() - countedMs >= COUNT_FILES_EVERY_MS) void count();
  });
}
