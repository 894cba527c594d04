/** Colours and symbols like those of systemctl. */

/** The abilities of an output. */
export interface Ability {
  readonly isColoured: boolean;
  /** Otherwise ASCII. */
  readonly isUnicode: boolean;
}

/** When to use colours: `--color`. */
export const COLOR_WHEN = ["auto", "always", "never"] as const;
export type ColorWhen = typeof COLOR_WHEN[number];

/** The relevant environment variables, by name. */
type Environment = (name: string) => string | undefined;

/** NO_COLOR: https://no-color.org. The locale as in locale(7). */
export function abilityOf(when: ColorWhen, isTerminal: boolean, environment: Environment): Ability {
  const isWanted = (environment("NO_COLOR") ?? "") === "" && environment("TERM") !== "dumb" && isTerminal;
  const locale = environment("LC_ALL") || environment("LC_CTYPE") || environment("LANG") || "";
  return {
    isColoured: when === "auto" ? isWanted : when === "always",
    isUnicode: /utf-?8/i.test(locale),
  };
}

const CODES = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33, blue: 34, grey: 90 } as const;
export type Colour = keyof typeof CODES;

/** Marks text by its meaning, in colours if the output has them. */
export class Style {
  constructor(readonly ability: Ability) {}

  /** The text in all of these colours. */
  paint(text: string, ...colours: readonly Colour[]): string {
    if (!this.ability.isColoured || text === "" || colours.length === 0) return text;
    return `\x1b[${colours.map((colour) => CODES[colour]).join(";")}m${text}\x1b[0m`;
  }

  bold(text: string): string {
    return this.paint(text, "bold");
  }

  /** Healthy. */
  good(text: string): string {
    return this.paint(text, "bold", "green");
  }

  /** Needs action now. */
  bad(text: string): string {
    return this.paint(text, "bold", "red");
  }

  /** Needs attention. */
  odd(text: string): string {
    return this.paint(text, "bold", "yellow");
  }

  /** Of little importance. */
  faint(text: string): string {
    return this.paint(text, "grey");
  }

  /** The symbol, or its replacement in ASCII. */
  symbol(name: keyof typeof SYMBOLS): string {
    const [unicode, ascii] = SYMBOLS[name];
    return this.ability.isUnicode ? unicode : ascii;
  }
}

const SYMBOLS = {
  full: ["●", "*"],
  empty: ["○", "o"],
  cross: ["×", "x"],
  turning: ["↻", "+"],
  check: ["✓", "ok"],
  arrow: ["→", "->"],
  branch: ["├─", "|-"],
  last: ["└─", "`-"],
  trunk: ["│ ", "| "],
  ellipsis: ["…", "..."],
} as const;
