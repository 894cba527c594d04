/** What runs on a device: it opens it, writes to it again and again, and closes it when it ends. */
import type { Exit, ProcessListener, UnitProcess } from "../../systemd/service.ts";
import type { OpenDevice } from "../../model/model.ts";
import type { ServiceSpec } from "../setup/spec.ts";

/** What such a process sees of its node. */
export interface AppHost {
  setTimer(delayMs: number, fire: () => void): { cancel(): void };
  /** Undefined if the device cannot be opened. */
  open(service: ServiceSpec): OpenDevice | undefined;
  has(service: ServiceSpec, trouble: "fails to start" | "starts slowly" | "ignores SIGTERM"): boolean;
}

/** Somebody who holds a device open, and may write to it. */
export interface Holder {
  readonly service: ServiceSpec;
  readonly isAlive: boolean;
  readonly isFrozen: boolean;
  /** It is through with its start. */
  readonly isReady: boolean;
  /** SIGKILL was sent: it does nothing any more, and is there only until its I/O comes back. */
  readonly isKilled: boolean;
  /** A command or a signal was to end it, whatever came of that. */
  readonly isTerminating: boolean;
  freeze(frozen: boolean): void;
}

/** From its start until it opens the device. */
const LOAD_MS = 5;
/** What waits for suspended I/O looks again after this. */
const STUCK_MS = 200;
const WRITTEN_KIB = 64;
/** How much longer a slow start takes. */
const SLOW_MS = 25_000;
/** A start that fails does so after this part of its time. */
const FAILING_PART = 0.6;

export class AppProcess implements Holder, UnitProcess {
  isAlive = true;
  isFrozen = false;
  isReady = false;
  /** Its start takes longer than it should. */
  isSlow = false;
  /** A write does not come back: not even SIGKILL ends it. */
  #isStuck = false;
  #device: OpenDevice | undefined;
  #pending: "SIGTERM" | "SIGKILL" | undefined;
  #isStopping = false;
  /** It ended without a request to. */
  endedByItself = false;
  #timer: { cancel(): void } | undefined;

  constructor(readonly host: AppHost, readonly service: ServiceSpec, readonly listener: ProcessListener) {
    this.#after(LOAD_MS, () => this.#begin());
  }

  get isKilled(): boolean {
    return this.#pending === "SIGKILL";
  }

  /** Whoever stops it did not get so far as to send a signal. */
  wasTold = false;

  get isTerminating(): boolean {
    return this.wasTold || this.#pending !== undefined;
  }

  freeze(frozen: boolean): void {
    this.isFrozen = frozen;
    if (!frozen) this.#handleSignal();
  }

  kill(signal: "SIGTERM" | "SIGKILL"): void {
    if (!this.isAlive) return;
    if (this.#pending !== "SIGKILL") this.#pending = signal;
    this.#handleSignal();
  }

  /** It ends by itself. */
  die(code: number): void {
    if (this.isAlive) this.#end({ code });
  }

  /** Its node lost power. */
  vanish(): void {
    this.isAlive = false;
    this.#timer?.cancel();
  }

  #begin(): void {
    if (this.service.kind === "address") return this.#prepare();
    this.#device = this.host.open(this.service);
    if (this.#device === undefined) return this.#end({ code: 1 });
    this.#write(() => this.#prepare());
  }

  /** What it does before it is ready. */
  #prepare(): void {
    const fails = this.host.has(this.service, "fails to start");
    this.isSlow = this.host.has(this.service, "starts slowly");
    const startMs = this.service.startMs * (fails ? FAILING_PART : 1) + (this.isSlow ? SLOW_MS : 0);
    this.#after(startMs, () => {
      this.isSlow = false;
      if (fails) return this.#end({ code: 1 });
      this.isReady = true;
      this.listener.ready();
      this.#work();
    });
  }

  #work(): void {
    if (this.service.kind === "address") return;
    this.#after(this.service.writeEveryMs, () => this.#write(() => this.#work()));
  }

  /** Frozen processes do not write. */
  #write(then: () => void): void {
    if (this.isFrozen && !this.#isStuck) return this.#after(STUCK_MS, () => this.#write(then));
    const outcome = this.#device?.write(WRITTEN_KIB) ?? "io-error";
    const wasStuck = this.#isStuck;
    this.#isStuck = outcome === "suspended";
    if (this.#isStuck) return this.#after(STUCK_MS, () => this.#write(then));
    if (wasStuck && this.#pending !== undefined) this.#handleSignal();
    if (!this.isAlive || this.#isStopping) return;
    if (outcome === "io-error" && (!this.isReady || this.service.onIoError === "end")) {
      return this.#end({ code: 1 });
    }
    then();
  }

  /** Acts on a signal, if it can. */
  #handleSignal(): void {
    const signal = this.#pending;
    if (signal === undefined || this.#isStuck || !this.isAlive) return;
    const isKilled = signal === "SIGKILL";
    if (!isKilled && (this.isFrozen || this.#isStopping)) return;
    if (!isKilled && this.host.has(this.service, "ignores SIGTERM")) return;
    this.#isStopping = true;
    if (isKilled) this.#after(1, () => this.#end({ code: undefined, signal }));
    else this.#after(this.service.stopMs, () => this.#end({ code: 0 }));
  }

  #after(delayMs: number, then: () => void): void {
    this.#timer?.cancel();
    this.#timer = this.host.setTimer(delayMs, () => {
      if (this.isAlive) then();
    });
  }

  #end(exit: Exit): void {
    this.isAlive = false;
    this.endedByItself = this.#pending === undefined;
    this.#timer?.cancel();
    this.#device?.close();
    this.listener.ended(exit);
  }
}

/** A mounted file system: it holds its device, and cannot be frozen. */
export class Mounted implements Holder {
  isAlive = true;
  readonly isFrozen = false;
  readonly isReady = true;
  readonly isKilled = false;
  readonly isTerminating = false;

  constructor(readonly service: ServiceSpec, readonly device: OpenDevice) {}

  /** A file system has no processes. */
  freeze(): void {}

  unmount(): void {
    this.isAlive = false;
    this.device.close();
  }
}
