/** The commands of a shell runner: services that run by themselves, started and stopped by commands. */
import type { Command, CommandResult } from "../../model/commands/commands.ts";
import type { ProcessListener } from "../../systemd/service.ts";
import { AppProcess, type Holder } from "./app_process.ts";
import type { ProgramRun } from "./programs.ts";
import type { ResourceSpec, ServiceSpec } from "../setup/spec.ts";

/** What the commands see of their node. */
export interface ShellHost {
  readonly holders: ReadonlySet<Holder>;
  setTimer(delayMs: number, fire: () => void): { cancel(): void };
  has(service: ServiceSpec, trouble: "fails to stop"): boolean;
  drbd(command: Command, done: (result: CommandResult) => void): void;
  service(name: string): ServiceSpec | undefined;
  /** All services of a resource. */
  servicesOf(resource: string): readonly ServiceSpec[];
  /** It is in the start list of the configuration that holds now. */
  isConfigured(service: ServiceSpec): boolean;
  processOf(service: ServiceSpec): AppProcess | undefined;
  startApp(service: ServiceSpec, listener: ProcessListener): AppProcess;
}

const CHECK_MS = 20;
const KILL_MS = 50;

/** The start list of a resource. */
export function startCommands({ name, services }: Pick<ResourceSpec, "name" | "services">): string[] {
  return [`drbdadm primary ${name}`, ...services.map((service) => `service start ${service.name}`)];
}

/** The stop list: the same backwards. */
export function stopCommands({ name, services }: Pick<ResourceSpec, "name" | "services">): string[] {
  return [
    ...services.toReversed().map((service) => `service stop ${service.name}`),
    `drbdadm secondary ${name}`,
  ];
}

export function monitorCommand(name: string): string {
  return `service check ${name}`;
}

/** Ends whatever uses the resource. */
export function killCommand(name: string): string {
  return `service kill ${name}`;
}

/** Runs one command line. */
export function runShell(host: ShellHost, run: ProgramRun): void {
  const [program = "", verb = "", name = ""] = (run.argv[2] ?? "").split(" ");
  if (program === "drbdadm") {
    const isEnded = () => run.isOver;
    host.drbd({ program, args: [verb, name], isEnded }, ({ code, stderr }) => run.exit(code, "", stderr));
    return;
  }
  const service = host.service(name);
  if (verb === "start" && service !== undefined) start(host, run, service);
  else if (verb === "stop" && service !== undefined) stop(host, run, service);
  else if (verb === "check") check(host, run, name);
  else if (verb === "kill") kill(host, run, name);
  else run.exit(127, "", `${program}: not found\n`);
}

/** Is through when the service is ready. What is not ready yet belongs to the command, and ends with it. */
function start(host: ShellHost, run: ProgramRun, service: ServiceSpec): void {
  const running = host.processOf(service);
  if (running !== undefined) return waitFor(host, run, running);
  const process = host.startApp(service, {
    ready: () => run.exit(0),
    ended: ({ code }) => run.exit(code === 0 ? 1 : code ?? 1, "", `${service.name} did not start\n`),
  });
  run.onSignal = (signal) => {
    if (process.isReady || !process.isAlive) return run.die(signal);
    process.kill(signal === "SIGKILL" ? "SIGKILL" : "SIGTERM");
  };
}

/** What was started already, by a drbdd that is no more, is not started beside itself. */
function waitFor(host: ShellHost, run: ProgramRun, process: AppProcess): void {
  if (process.isReady || !process.isAlive) return run.exit(process.isReady ? 0 : 1);
  host.setTimer(CHECK_MS, () => waitFor(host, run, process));
}

function stop(host: ShellHost, run: ProgramRun, service: ServiceSpec): void {
  const process = host.processOf(service);
  if (process === undefined) return run.exit(0);
  process.wasTold = true;
  if (host.has(service, "fails to stop")) {
    host.setTimer(service.stopMs, () => run.exit(1, "", `${service.name} does not stop\n`));
    return;
  }
  process.kill("SIGTERM");
  const timer = host.setTimer(service.stopTimeoutMs, () => process.kill("SIGKILL"));
  const wait = () => {
    if (process.isAlive) return void host.setTimer(CHECK_MS, wait);
    timer.cancel();
    run.exit(0);
  };
  wait();
}

function check(host: ShellHost, run: ProgramRun, resource: string): void {
  host.setTimer(CHECK_MS, () => {
    const services = host.servicesOf(resource).filter((service) => host.isConfigured(service));
    run.exit(services.every((service) => host.processOf(service)?.isReady) ? 0 : 1);
  });
}

function kill(host: ShellHost, run: ProgramRun, resource: string): void {
  for (const holder of host.holders) {
    if (holder.service.resource === resource && holder instanceof AppProcess) holder.kill("SIGKILL");
  }
  host.setTimer(KILL_MS, () => run.exit(0));
}
