/** Questions to the person at the terminal. */
import type { Ctl } from "./ctl.ts";

/** Whether there is a terminal for the answer. */
export function canAsk({ terminal }: Pick<Ctl, "terminal">): boolean {
  return terminal.stdinIsTerminal;
}

/** Yes or no; the end of input is no. */
export async function ask(
  ctl: Pick<Ctl, "terminal" | "err">,
  question: string,
  preset: boolean,
): Promise<boolean> {
  const answer = await choose(
    ctl,
    `${question} ${preset ? "[Y/n]" : "[y/N]"}`,
    { y: "yes", n: "no" },
    preset ? "y" : "n",
  );
  return answer === "y";
}

/**
 * One of the letters, or its word written out; an empty line means `preset`. The end of input means the last letter, which
 * must be the one that does nothing.
 */
export async function choose<Letter extends string>(
  { terminal, err }: Pick<Ctl, "terminal" | "err">,
  question: string,
  words: Readonly<Record<Letter, string>>,
  preset: Letter,
): Promise<Letter> {
  const letters = Object.keys(words) as Letter[];
  for (;;) {
    err.write(`${question} `);
    await err.flush();
    const line = await terminal.readLine();
    if (line === undefined) {
      err.line();
      return letters[letters.length - 1] ?? preset;
    }
    const given = line.trim().toLowerCase();
    if (given === "") return preset;
    const letter = letters.find((each) => given === each || given === words[each]);
    if (letter !== undefined) return letter;
    err.line(`Please answer ${letters.map((each) => `${each} (${words[each]})`).join(", ")}`);
  }
}
