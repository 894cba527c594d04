import assert from "node:assert/strict";
import { dirname } from "node:path/posix";
import { describe, readCrate } from "./crate_folder.ts";

const read = (name: string) => Deno.readTextFileSync(new URL(`../../${name}`, import.meta.url));
const TEXTS: Readonly<Record<string, string>> = {
  MIT: read("licenses/texts/mit.txt"),
  "Apache-2.0": read("LICENSE"),
};
const MIT = `MIT License\n\nCopyright (c) 2020 A\n\n${TEXTS["MIT"]}`;
const manifest = (rest: string) => `[package]\nname = "one"\nversion = "1.2.3"\n${rest}\n`;

/** What drbdd makes of a crate with these files; paths begin at the root of a package. */
async function made(files: Readonly<Record<string, string>>) {
  const root = await Deno.makeTempDir({ prefix: "drbdd-crate-" });
  try {
    const crate = "usr/share/cargo/registry/one-1.2.3";
    for (const [name, text] of Object.entries(files)) {
      const path = `${root}/${name.startsWith("usr/") ? name : `${crate}/${name}`}`;
      await Deno.mkdir(dirname(path), { recursive: true });
      await Deno.writeTextFile(path, text);
    }
    return describe(await readCrate(`${root}/${crate}`), (license) => TEXTS[license] ?? "", "a test");
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

Deno.test("a crate with usual texts has who has the copyright, and the text of one licence", async () => {
  const { crate, ownText } = await made({
    "Cargo.toml": manifest('license = "MIT/Apache-2.0"'),
    "LICENSE-MIT": MIT,
    "LICENSE-APACHE": TEXTS["Apache-2.0"] ?? "",
  });
  assert.deepEqual(crate, {
    license: "MIT OR Apache-2.0",
    copyright: ["2020 A"],
    texts: ["mit.txt"],
    source: "one 1.2.3, a test",
  });
  assert.equal(ownText, undefined);
});

Deno.test("a text that only one crate has is kept whole, beside that of its licence", async () => {
  const notice = "In it are parts of another one, (c) 2001 C\n";
  const { crate, ownText } = await made({
    "Cargo.toml": manifest('license = "MIT"'),
    LICENSE: MIT,
    NOTICE: notice,
  });
  assert.deepEqual(crate.texts, ["crate-one.txt", "mit.txt"]);
  assert.deepEqual(ownText, { file: "crate-one.txt", text: notice });
  const changed = await made({
    "Cargo.toml": manifest('license = "MIT"'),
    LICENSE: MIT.replace("without limitation", "with"),
  });
  assert.deepEqual(changed.crate.texts, ["crate-one.txt"]);
  assert.match(changed.ownText?.text ?? "", /Copyright \(c\) 2020 A/);
});

Deno.test("a crate without a text has what Debian's packagers found, or else its authors", async () => {
  const files = { "Cargo.toml": manifest('license = "MIT"\nauthors = ["B <b@x.example>"]') };
  const copyright = "Format: x\n\nFiles: *\nCopyright: 2019 A\n  2021  B\nLicense: MIT\n\nFiles: debian/*\n";
  const packaged = await made({ ...files, "usr/share/doc/librust-one-dev/copyright": copyright });
  assert.deepEqual(packaged.crate.copyright, ["2019 A", "2021 B"]);
  assert.equal(packaged.crate.authors, undefined);
  const { crate } = await made(files);
  assert.deepEqual([crate.copyright, crate.authors], [undefined, ["B <b@x.example>"]]);
});

Deno.test("a crate whose licence cannot be found is refused, with its name", async () => {
  await assert.rejects(made({ "Cargo.toml": manifest('license-file = "LICENSE"'), LICENSE: MIT }), {
    message: "one 1.2.3 names no licence, only a file: see to it by hand",
  });
  await assert.rejects(made({ "Cargo.toml": manifest('license = "Unheard-1.0"') }), {
    message: /^one 1\.2\.3 is Unheard-1\.0, and has no text of it/,
  });
});
