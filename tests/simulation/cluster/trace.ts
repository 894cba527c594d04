/** What happened in a simulated cluster, for people who look for the reason of something. */

export interface TraceEntry {
  readonly atMs: number;
  /** Empty for what concerns the whole cluster. */
  readonly node: string;
  readonly text: string;
}

export class Trace {
  readonly entries: TraceEntry[] = [];

  constructor(readonly nowMs: () => number, readonly isOn: boolean) {}

  /** Notes something; `text` is composed only if somebody wants to read it. */
  note(node: string, text: () => string): void {
    if (this.isOn) this.entries.push({ atMs: this.nowMs(), node, text: text() });
  }
}

/** `    12.345 s  alpha  what happened` */
export function formatEntry({ atMs, node, text }: TraceEntry): string {
  return `${(atMs / 1000).toFixed(3).padStart(10)} s  ${node.padEnd(8)}${text}`;
}
