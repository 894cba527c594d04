/** How long tests took, from the report that `deno test --junit-path` writes. */

export interface Timed {
  /** The file, from the top of the project. */
  readonly file: string;
  readonly name: string;
  readonly seconds: number;
}

const TEST = /<testcase name="([^"]*)" classname="([^"]*)" time="([\d.]+)"/g;

/** The tests of a report, without their steps, which are named after them. */
export function timesIn(report: string): Timed[] {
  const all = Array.from(report.matchAll(TEST), ([, name = "", file = "", seconds]): Timed => ({
    file: unescaped(file).replace(/^\.\//, ""),
    name: unescaped(name),
    seconds: Number(seconds),
  }));
  const names = new Set(all.map(({ file, name }) => `${file} ${name}`));
  return all.filter(({ file, name }) => {
    const parts = name.split(" > ");
    return !parts.some((_, count) => count > 0 && names.has(`${file} ${parts.slice(0, count).join(" > ")}`));
  });
}

/** The slowest ones first. */
export function slowest(times: readonly Timed[], count: number): Timed[] {
  return [...times].sort((a, b) => b.seconds - a.seconds).slice(0, count);
}

const ENTITIES: Readonly<Record<string, string>> = { lt: "<", gt: ">", quot: '"', apos: "'", amp: "&" };

function unescaped(text: string): string {
  return text.replace(/&(lt|gt|quot|apos|amp);/g, (_, name: string) => ENTITIES[name] ?? "");
}
