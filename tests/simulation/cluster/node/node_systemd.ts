/** The systemd of a node: its units, and what they run. */
import type { OpenDevice } from "../../model/model.ts";
import { Manager } from "../../systemd/manager.ts";
import type { ProcessListener, UnitProcess } from "../../systemd/service.ts";
import type { ActiveState, Unit } from "../../systemd/unit.ts";
import { type AppProcess, type Holder, Mounted } from "../programs/app_process.ts";
import { type RunDrbd, Shim } from "../programs/shim.ts";
import type { ServiceSpec } from "../setup/spec.ts";
import { APP, DRBDD, type FileTexts, SHIM, UnitLoader, type UnitTexts } from "../setup/unit_texts.ts";

/** What units reach of their node. */
export interface UnitHost {
  readonly files: FileTexts;
  readonly holders: Set<Holder>;
  readonly drbd: RunDrbd;
  nowMs(): number;
  setTimer(delayMs: number, fire: () => void): { cancel(): void };
  note(text: () => string): void;
  service(name: string): ServiceSpec | undefined;
  has(service: ServiceSpec, trouble: "fails to start" | "fails to stop"): boolean;
  open(service: ServiceSpec): OpenDevice | undefined;
  startApp(service: ServiceSpec, listener: ProcessListener): AppProcess;
  startDrbdd(listener: ProcessListener): UnitProcess;
  /** A file system is about to be mounted. */
  begins(service: ServiceSpec): void;
  ceased(service: ServiceSpec, isByItself: boolean): void;
  failureAction(action: string): void;
}

const MOUNT_MS = 20;
const OTHER_PROGRAM_MS = 5;

/** A systemd that has just come up, and has started nothing yet. */
export function systemdOf(node: UnitHost, texts: UnitTexts): Manager {
  const loader = new UnitLoader(texts, node.files, {
    nowMs: () => node.nowMs(),
    stampMs: () => manager.stampMs(),
    changed: (unit: Unit, before: ActiveState) => manager.changed(unit, before),
    restart: (unit: Unit) => manager.restart(unit),
    setTimer: (delayMs, fire) => node.setTimer(delayMs, fire),
    spawn: (_unit, command, listener) => spawn(node, command, listener),
    mount: (unit, done) => mount(node, unit, done),
    unmount: (unit, done) => unmount(node, unit, done),
  });
  const manager: Manager = new Manager({
    nowMs: () => node.nowMs(),
    load: (name) => loader.load(name),
    readAgain: (unit) => loader.readAgain(unit),
    isOutOfDate: (unit) => loader.isOutOfDate(unit),
    onChange: (unit) => node.note(() => `systemd: ${unit.name} is ${unit.state}`),
    onFailureAction: (action) => node.failureAction(action),
  });
  return manager;
}

function spawn(node: UnitHost, command: string, listener: ProcessListener): UnitProcess {
  const [program = "", ...args] = command.split(" ");
  if (program === SHIM) {
    const shim = new Shim((drbd, done) => node.drbd(drbd, done), listener);
    shim.run(args[0] ?? "", args[1] ?? "");
    return shim;
  }
  const service = program === APP ? node.service(args[0] ?? "") : undefined;
  if (service !== undefined) return node.startApp(service, listener);
  if (program === DRBDD) return node.startDrbdd(listener);
  // Others only say that something is to be written to the disk.
  const timer = node.setTimer(OTHER_PROGRAM_MS, () => listener.ended({ code: 0 }));
  return {
    kill: (signal) => {
      timer.cancel();
      node.setTimer(0, () => listener.ended({ code: undefined, signal }));
    },
    freeze: () => {},
  };
}

function mount(node: UnitHost, unit: string, done: (ok: boolean) => void): void {
  const service = node.service(unit.replace(/\.mount$/, ""));
  node.setTimer(MOUNT_MS, () => {
    if (service === undefined) return done(false);
    node.begins(service);
    const device = node.has(service, "fails to start") ? undefined : node.open(service);
    if (device === undefined) {
      node.ceased(service, true);
      return done(false);
    }
    node.holders.add(new Mounted(service, device));
    done(true);
  });
}

/** Is refused while somebody else uses the resource, as if he did so by files of this file system. */
function unmount(node: UnitHost, unit: string, done: (ok: boolean) => void): void {
  const name = unit.replace(/\.mount$/, "");
  node.setTimer(MOUNT_MS, () => {
    const mounted = [...node.holders].find((each) => each.service.name === name);
    if (!(mounted instanceof Mounted)) return done(true);
    const isBusy = node.has(mounted.service, "fails to stop") ||
      [...node.holders].some((each) =>
        each !== mounted && each.service.resource === mounted.service.resource
      );
    if (isBusy) return done(false);
    mounted.unmount();
    node.holders.delete(mounted);
    node.ceased(mounted.service, false);
    done(true);
  });
}
