/** Symbols beyond ASCII, if the terminal has them. Signs of severity are those of `drbddctl status`, whose cross is that of systemctl. */

export interface Symbols {
  readonly critical: string;
  /** Unknown. */
  readonly unknown: string;
  readonly warning: string;
  readonly busy: string;
  readonly good: string;
  /** Neither good nor bad. */
  readonly idle: string;
  readonly yes: string;
  readonly no: string;
  /** Marks a cut. */
  readonly ellipsis: string;
  /** Between facts of a line. */
  readonly dot: string;
  readonly arrow: string;
  readonly full: string;
  readonly empty: string;
  readonly rule: string;
  readonly upDown: string;
  readonly selected: string;
}

const UNICODE: Symbols = {
  critical: "×",
  unknown: "?",
  warning: "!",
  busy: "↻",
  good: "●",
  idle: "○",
  yes: "✓",
  no: "×",
  ellipsis: "…",
  dot: "·",
  arrow: "→",
  full: "█",
  empty: "░",
  rule: "─",
  upDown: "↑↓",
  selected: "›",
};

const ASCII: Symbols = {
  critical: "x",
  unknown: "?",
  warning: "!",
  busy: "~",
  good: "*",
  idle: "o",
  yes: "+",
  no: "x",
  ellipsis: ">",
  dot: "-",
  arrow: "->",
  full: "#",
  empty: ".",
  rule: "-",
  upDown: "arrows",
  selected: ">",
};

export function symbolsFor({ isUnicode }: { readonly isUnicode: boolean }): Symbols {
  return isUnicode ? UNICODE : ASCII;
}

/** A bar of `cells` characters, of which a share is full. A share that is not complete never looks so. */
export function bar(percent: number, cells: number, { full, empty }: Symbols): string {
  const share = Math.max(0, Math.min(percent, 100)) / 100;
  const filled = share === 1 ? cells : Math.min(Math.floor(share * cells), cells - 1);
  return full.repeat(filled) + empty.repeat(cells - filled);
}
