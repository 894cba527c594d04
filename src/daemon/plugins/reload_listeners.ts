/** Listeners for reloads in which their plugin instance did not change. */
import type { Plugin } from "./plugin.ts";

export class ReloadListeners {
  readonly #listeners = new Set<{ readonly plugin: Plugin<unknown>; listener(): void }>();

  /** `listener` is called at each reload that leaves instances of `plugin` alone, until `signal` aborts. */
  add(plugin: Plugin<unknown>, listener: () => void, signal: AbortSignal): void {
    const each = { plugin, listener };
    this.#listeners.add(each);
    signal.addEventListener("abort", () => this.#listeners.delete(each));
  }

  /** Calls the listeners of a plugin. */
  call(plugin: Plugin<unknown>): void {
    for (const each of this.#listeners) if (each.plugin === plugin) each.listener();
  }
}
