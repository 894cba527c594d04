/** Rules of the house, each as a check of one file. */
import { newArrows } from "./arrows.ts";
import type { Source } from "./sources.ts";

export interface Rule {
  /** What holds. */
  readonly what: string;
  /** Places that break it. */
  check(source: Source): string[];
}

const isTest = ({ path }: Source) => path.endsWith("_test.ts") || path.startsWith("tests/");
const isSimulation = ({ path }: Source) => path.startsWith("tests/simulation/") && !path.endsWith("_test.ts");
const isScript = ({ path }: Source) => path.startsWith("scripts/");

/** The implementation of the effects by Deno. */
const ofDeno = ({ path }: Source) =>
  /^monitor\.ts$|^src\/(effects\/deno\/|http\/deno_|app\/deno_effects|monitor\/deno_|monitor\/keeper)/.test(
    path,
  );

/** Files of production code in which a line matches. */
function lines(what: string, pattern: RegExp, concerns: (source: Source) => boolean): Rule {
  return {
    what,
    check: (source) => {
      if (!concerns(source)) return [];
      return source.lines.flatMap((line, place) => pattern.test(line) ? [`${source.path}:${place + 1}`] : []);
    },
  };
}

const MOST_LINES = 300;

/** Folders with more source files than this say what they own, what they never do, and where to begin. */
const MOST_FILES_WITHOUT_README = 5;

/** Folders of production code that lack a description. `readmes` are the paths of all README.md. */
export function undescribedFolders(sources: readonly Source[], readmes: ReadonlySet<string>): string[] {
  const counts = new Map<string, number>();
  for (const source of sources) {
    if (isTest(source) || !/^(src|plugins)\//.test(source.path)) continue;
    const folder = source.path.slice(0, source.path.lastIndexOf("/"));
    counts.set(folder, (counts.get(folder) ?? 0) + 1);
  }
  return [...counts]
    .filter(([folder, count]) => count > MOST_FILES_WITHOUT_README && !readmes.has(`${folder}/README.md`))
    .map(([folder, count]) => `${folder} (${count} files)`);
}

export const RULES: readonly Rule[] = [
  lines(
    "only the implementations of effects (src/effects/deno/ and deno_*.ts), main.ts and scripts touch Deno",
    /\bDeno\.(?!test\b)/,
    (source) =>
      !isTest(source) && !isScript(source) && source.path !== "main.ts" &&
      !ofDeno(source),
  ),
  lines(
    "time and chance come through the effects",
    /\b(Date\.now|new Date\(\)|performance\.now|Math\.random|setTimeout|setInterval)\b/,
    (source) =>
      !isTest(source) && !isScript(source) && source.path !== "main.ts" &&
      !ofDeno(source) && !source.path.startsWith("plugins/api/page"),
  ),
  lines(
    "nothing is left undone",
    /\b(TODO|FIXME|XXX|HACK)\b/,
    (source) => !source.path.startsWith("scripts/check/"),
  ),
  lines("no test is run alone or passed over", /Deno\.test\.(only|ignore)\b|\bonly: true/, isTest),
  {
    what: `a file has one idea, and at most ${MOST_LINES} lines`,
    check: (source) => {
      const isLong = source.lines.length - 1 > MOST_LINES && !source.path.endsWith("_test.ts");
      return isLong ? [`${source.path} (${source.lines.length - 1} lines)`] : [];
    },
  },
  {
    what: "a room imports only from those it may (scripts/check/arrows.ts)",
    check: (source) => isTest(source) && !isSimulation(source) ? [] : newArrows(source),
  },
  {
    what: "nothing but the threads of a test imports main.ts or monitor.ts",
    check: ({ path, imports }) =>
      imports.some((name) => name === "main.ts" || name === "monitor.ts") &&
        !path.startsWith("tests/support/probing/")
        ? [path]
        : [],
  },
  {
    what: "a module begins with what it is about",
    check: (source) => isTest(source) || source.text.startsWith("/**") ? [] : [`${source.path}:1`],
  },
];
