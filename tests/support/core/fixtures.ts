/** Recordings of what drbdsetup printed: `../shared/fixtures` beside the checkout. They are read, never copied. */
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const FOLDER = new URL("../../../../shared/fixtures/", import.meta.url);

/** One recorded output of `drbdsetup events2`. */
export interface Recording {
  /** Path within the folder of fixtures. */
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly text: string;
}

/** Names of the files in a folder of the fixtures that `matches` takes, sorted. */
export function fixtureNames(folder: string, matches: RegExp): string[] {
  const names = orLoud(() => readdirSync(new URL(folder, FOLDER)));
  const found = names.filter((name) => matches.test(name)).sort().map((name) => folder + name);
  if (found.length === 0) {
    throw new Error(`No file in ${fileURLToPath(new URL(folder, FOLDER))} matches ${matches}`);
  }
  return found;
}

/** Folders of scenarios recorded on a real cluster. */
export function realScenarios(): string[] {
  return fixtureNames("real-drbd/", /^\d\d-/).map((name) => `${name}/`);
}

export function fixtureText(name: string): string {
  return new TextDecoder().decode(fixtureBytes(name));
}

/** Every recorded stream that a reader of `--full` lines could meet. */
export function recordings(): Recording[] {
  const names = [
    ...fixtureNames("events2/", /\.txt$/),
    ...fixtureNames("events2/modes/now-full/", /\.txt$/),
    ...fixtureNames("events2/modes/timestamps/", /\.txt$/),
    ...realScenarios().flatMap((folder) => fixtureNames(folder, /^node\d.*\.events2\.txt$/)),
  ];
  return names.map((name) => {
    const bytes = fixtureBytes(name);
    return { name, bytes, text: new TextDecoder().decode(bytes) };
  });
}

function fixtureBytes(name: string): Uint8Array {
  return orLoud(() => readFileSync(new URL(name, FOLDER)));
}

function orLoud<Result>(read: () => Result): Result {
  try {
    return read();
  } catch (error) {
    const folder = fileURLToPath(FOLDER);
    throw new Error(
      `Cannot read the recordings of drbdsetup in "${folder}": the tests need the folder "shared" beside the checkout`,
      { cause: error },
    );
  }
}
