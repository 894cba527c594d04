/** A mount: no processes, it cannot be frozen, and it does not end while somebody uses it. */
import { Unit, type UnitListener } from "./unit.ts";
import type { UnitFile } from "./unit_file.ts";

export interface MountHost extends UnitListener {
  /** `done` is called once, never synchronously, with whether it worked. */
  mount(unit: string, done: (ok: boolean) => void): void;
  unmount(unit: string, done: (ok: boolean) => void): void;
}

export class Mount extends Unit {
  #isMounted = false;

  constructor(file: UnitFile, readonly host: MountHost) {
    super(file, host);
  }

  start(): void {
    this.enter("activating");
    this.host.mount(this.name, (ok) => {
      this.#isMounted = ok;
      if (this.state === "activating") this.enter(ok ? "active" : "failed");
      else this.#unmount();
    });
  }

  stop(): void {
    const isUnderWay = this.state === "activating";
    this.enter("deactivating");
    // The program that mounts is not interrupted: a mount cannot be taken back halfway.
    if (!isUnderWay) this.#unmount();
  }

  #unmount(): void {
    if (!this.#isMounted) return this.enter("inactive");
    this.host.unmount(this.name, (ok) => {
      if (ok) this.#isMounted = false;
      this.enter(ok ? "inactive" : "active");
    });
  }
}
