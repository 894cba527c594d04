/** A systemctl that exists in tests only: it knows units by their properties, and does what a test sets. */
import type { MemoryFiles } from "./memory_files.ts";
import type { Role, SimulatedProcesses } from "./simulated_processes.ts";

const PROPERTIES: Readonly<Record<string, string>> = {
  LoadState: "loaded",
  ActiveState: "inactive",
  UnitFileState: "disabled",
  FreezerState: "running",
  Type: "simple",
  Job: "",
  WantedBy: "",
  RequiredBy: "",
  ExecCondition: "",
  ExecStart: "",
  ActiveEnterTimestampMonotonic: "0",
  ActiveExitTimestampMonotonic: "0",
  StateChangeTimestampMonotonic: "0",
  InactiveExitTimestampMonotonic: "0",
  CanFreeze: "yes",
  ControlGroup: "/system.slice/of-the-unit",
  ConditionResult: "yes",
  ConditionTimestampMonotonic: "0",
  AssertResult: "yes",
  AssertTimestampMonotonic: "0",
};

export class SimulatedSystemd {
  /** What systemctl was called with, without its options; `show` is left out. */
  readonly calls: string[] = [];
  /** Properties that differ from those of a plain unit that does not run, by unit. */
  readonly units = new Map<string, Record<string, string>>();
  /** Units that a target starts and stops with it. */
  readonly bundles = new Map<string, readonly string[]>();
  /** What a verb does instead of what it normally does. */
  readonly verbs = new Map<string, (role: Role, args: readonly string[]) => void>();

  /** Drop-ins (text by path) of units that are loaded: those that are not are read when they are asked for. */
  readonly #loaded = new Map<string, ReadonlyMap<string, string>>();

  /** With `files`, drop-ins are seen there. */
  constructor(processes: SimulatedProcesses, readonly files?: MemoryFiles) {
    processes.install("systemctl", (role) => this.#play(role));
    processes.install("journalctl", (role) => role.exit(0));
  }

  /** Changes properties of a unit. */
  set(unit: string, properties: Record<string, string>): void {
    this.units.set(unit, { ...this.units.get(unit), ...properties });
  }

  activate(...units: string[]): void {
    for (const unit of units) {
      this.set(unit, { ActiveState: "active" });
      if (!this.#loaded.has(unit)) this.load(unit);
    }
  }

  /** systemd keeps what is in the unit's files now until a daemon-reload. */
  load(...units: string[]): void {
    for (const unit of units) this.#loaded.set(unit, this.#onDisk(unit));
  }

  #onDisk(unit: string): ReadonlyMap<string, string> {
    const directory = `/run/systemd/system/${unit}.d/`;
    const all = Object.entries(this.files?.all() ?? {});
    return new Map(all.filter(([path]) => path.startsWith(directory)));
  }

  /** What is said of the drop-ins of a unit. */
  #dropIns(unit: string): Record<string, string> {
    const onDisk = this.#onDisk(unit);
    const loaded = this.#loaded.get(unit) ?? onDisk;
    const isSame = JSON.stringify([...loaded]) === JSON.stringify([...onDisk]);
    // systemd names its own files only, not the environment files that they name.
    const dropIns = [...loaded.keys()].filter((path) => path.endsWith(".conf"));
    return { DropInPaths: dropIns.join(" "), NeedDaemonReload: isSame ? "no" : "yes" };
  }

  state(unit: string): string {
    return this.units.get(unit)?.["ActiveState"] ?? "inactive";
  }

  /** What was called since this was last asked. */
  called(): string[] {
    return this.calls.splice(0);
  }

  /** Does what systemctl does if all goes well. */
  obey(role: Role, verb: string, args: readonly string[]): void {
    if (verb === "show") return this.#show(role, args);
    if (verb === "daemon-reload") this.load(...this.#loaded.keys());
    for (const unit of args) this.#obey(verb, unit);
    if (verb === "list-dependencies") {
      const [target = ""] = args;
      role.print([target, ...this.bundles.get(target) ?? []].map((unit) => `${unit}\n`).join(""));
    }
    role.exit(0);
  }

  #obey(verb: string, unit: string): void {
    const all = [unit, ...this.bundles.get(unit) ?? []];
    if (verb === "start" || verb === "restart") this.activate(...all);
    if (verb === "stop") all.forEach((each) => this.set(each, { ActiveState: "inactive" }));
    if (verb === "freeze") this.set(unit, { FreezerState: "frozen" });
    if (verb === "thaw") this.set(unit, { FreezerState: "running" });
    if (verb === "reset-failed" && this.state(unit) === "failed") this.set(unit, { ActiveState: "inactive" });
  }

  #play(role: Role): void {
    const [verb = "", ...args] = role.argv.slice(1).filter((arg) => !/^--(no-|plain$|$)/.test(arg));
    if (verb !== "show") this.calls.push([verb, ...args].join(" "));
    const play = this.verbs.get(verb);
    if (play === undefined) this.obey(role, verb, args);
    else play(role, args);
  }

  #show(role: Role, args: readonly string[]): void {
    const names = args.filter((arg) => arg.startsWith("--property=")).map((arg) => arg.slice(11));
    const units = args.filter((arg) => !arg.startsWith("--property="));
    role.print(
      units.map((unit) => {
        const properties = { ...PROPERTIES, ...this.#dropIns(unit), ...this.units.get(unit) };
        return names.map((name) => `${name}=${properties[name] ?? ""}\n`).join("");
      }).join("\n"),
    );
    role.exit(0);
  }
}
