/** Makes a bundle the same wherever it is made: Deno puts the way to its cache into comments, and digests of them into names. */

/** Above what comes from a package, or naming it: the way from the project to Deno's cache, up to the name of the registry. */
const ORIGIN = /^(\/\/ | *")[^\s"]*\/npm\/[\w-]+(?:\.[\w-]+)+\//gm;
/** What a file's name has of its content. */
const DIGEST = /-[0-9A-Z]{8}\.js/g;

/** Files of a bundle, text by name. Returns them as they would be everywhere. */
export function withStableNames(files: ReadonlyMap<string, string>): Map<string, string> {
  const texts = new Map([...files].map(([name, text]) => [name, text.replace(ORIGIN, "$1npm:")]));
  const plain = (text: string) => text.replace(DIGEST, ".js");
  const key = (name: string) => `${plain(name)}\n${plain(texts.get(name) ?? "")}`;
  const sorted = [...texts.keys()].map((name) => ({ name, key: key(name) })).sort((a, b) =>
    a.key < b.key ? -1 : 1
  );
  const names = new Map(sorted.map(({ name }, place) => [
    name,
    name.replace(DIGEST, () => `-${String(place).padStart(3, "0")}.js`),
  ]));
  const renamed = (text: string) =>
    text.replace(/"\.\/([\w-]+\.js)"/g, (whole, name: string) => {
      const other = names.get(name);
      return other === undefined ? whole : `"./${other}"`;
    });
  return new Map([...texts].map(([name, text]) => [names.get(name) ?? name, renamed(text)]));
}
