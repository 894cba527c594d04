/** `drbddctl events` */
import { DECISION, type EventKind } from "./event_kinds.ts";
import { type Ctl, EXIT } from "../cli/ctl.ts";
import { chooseFeed } from "../feed/choose_feed.ts";
import type { Again, Lost, Message } from "../feed/feed.ts";
import { printLines, symbolsOf } from "../screen/print.ts";
import { PeerNames } from "./peer_names.ts";
import { type NamedDecision, newDecisions } from "./new_decisions.ts";
import { decisionLine, updateLine } from "./update_line.ts";

export interface EventsArguments {
  /** All, if empty. */
  readonly resources: readonly string[];
  /** All, if empty. */
  readonly kinds: readonly EventKind[];
  readonly json: boolean;
  readonly direct: boolean;
  /** Seconds. */
  readonly interval: number;
}

/** Runs until it is ended, or standard output is closed. Returns the exit code. */
export async function showEvents(
  { resources, kinds, json, direct, interval }: EventsArguments,
  ctl: Ctl,
): Promise<number> {
  using interrupts = ctl.terminal.interrupts();
  const over = AbortSignal.any([interrupts.signal, ctl.out.closed]);
  const printer = new EventPrinter(ctl, { json, kinds: new Set(kinds) });
  const withUpdates = kinds.length === 0 || kinds.some((kind) => kind !== DECISION);
  await Promise.all([
    kinds.includes(DECISION) ? followDecisions() : undefined,
    withUpdates ? followUpdates() : undefined,
  ]);
  return EXIT.ok;

  async function followDecisions(): Promise<void> {
    const onMissing = (path: string) =>
      ctl.err.line(`drbddctl: "${path}" is missing, or may not be read: no decisions are known`);
    for await (const decision of newDecisions(ctl.effects, resources, over, onMissing)) {
      printer.decision(decision);
      await ctl.out.flush();
    }
  }

  async function followUpdates(): Promise<void> {
    const { feed, why } = await chooseFeed(ctl, { direct, intervalMs: interval * 1_000 });
    if (why !== undefined) ctl.err.line(`drbddctl: ${why}; reading drbdsetup instead`);
    const names = resources.length === 0 ? {} : { names: resources };
    for await (const message of feed.messages({ resources: false, updates: true, ...names }, over)) {
      printer.message(message);
      await ctl.out.flush();
    }
  }
}

interface Form {
  readonly json: boolean;
  /** All, if empty. */
  readonly kinds: ReadonlySet<string>;
}

class EventPrinter {
  readonly #names = new PeerNames();
  /** The last message about the age of the state. */
  #printed = "";

  constructor(readonly ctl: Ctl, readonly form: Form) {}

  message(message: Message | Lost | Again): void {
    if (message.event === "again") return;
    if (message.event === "lost") return this.#say(message.reason);
    this.#names.take(message);
    switch (message.event) {
      case "status":
        return this.#say(message.data.stale ? message.data.reason ?? "drbdd does not say why" : "");
      case "reset":
        return this.ctl.err.line(`drbddctl: some changes are missing here: ${message.data.reason}`);
      case "update":
        return this.#update(message);
    }
  }

  decision({ resource, wallMs, plugin, level, text }: NamedDecision): void {
    const { out } = this.ctl;
    const time = new Date(wallMs).toISOString();
    if (this.form.json) {
      return out.line(JSON.stringify({ time, kind: DECISION, name: resource, plugin, level, text }));
    }
    printLines(out, [decisionLine({ resource, wallMs, level, text })]);
  }

  #update({ data }: Message & { event: "update" }): void {
    const { kinds, json } = this.form;
    if (kinds.size > 0 && !kinds.has(data.kind)) return;
    const { out } = this.ctl;
    if (json) out.line(JSON.stringify(data));
    else printLines(out, [updateLine(data, this.#names, symbolsOf(out))]);
  }

  #say(reason: string): void {
    if (reason === this.#printed) return;
    this.#printed = reason;
    this.ctl.err.line(
      `drbddctl: ${reason === "" ? "the state is up to date again" : `no updates at present: ${reason}`}`,
    );
  }
}
