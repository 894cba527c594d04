/** What is in the packages: judged by lintian, rpmlint and man, compared from build to build. */
import assert from "node:assert/strict";
import { compiledProgram } from "../support/processes/compiled_program.ts";
import { runScript } from "../support/processes/build_cache.ts";
import { BUILT_AT, PACKAGE_NEEDS, packages, packing } from "./package/packages.ts";
import { type Need, requires } from "./require.ts";

const PROJECT = new URL("../../", import.meta.url).pathname;

function test(name: string, needs: readonly Need[], fn: (folder: string) => Promise<void>): void {
  Deno.test(requires([...PACKAGE_NEEDS, ...needs], {
    name: `package: ${name}`,
    sanitizeOps: true,
    sanitizeResources: true,
    fn: async () => {
      const folder = await Deno.makeTempDir({ prefix: "drbdd-test-" });
      try {
        await fn(folder);
      } finally {
        await Deno.remove(folder, { recursive: true });
      }
    },
  }));
}

interface Ended {
  readonly code: number;
  /** Both outputs. */
  readonly said: string;
}

async function run(
  program: string,
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<Ended> {
  const { code, stdout, stderr } = await new Deno.Command(program, {
    args: [...args],
    env: { LC_ALL: "C.UTF-8", ...env },
    stdin: "null",
  }).output();
  const decoder = new TextDecoder();
  return { code, said: decoder.decode(stdout) + decoder.decode(stderr) };
}

async function output(program: string, args: readonly string[]): Promise<string> {
  const { code, said } = await run(program, args);
  assert.equal(code, 0, said);
  return said;
}

/** What both must have, with their modes; a directory ends with a slash. */
const WANTED = [
  "0755 /usr/sbin/drbdd",
  "0777 /usr/sbin/drbddctl",
  "0640 /etc/drbdd.toml",
  "2750 /etc/drbdd.d/",
  "0700 /etc/drbdd/",
  "0644 SYSTEMD/system/drbdd.service",
  "0644 SYSTEMD/system/drbdd-reload.path",
  "0644 SYSTEMD/system/drbdd-reload.service",
  "0644 SYSTEMD/system/drbd-services-secondary@.target",
  "0755 SYSTEMD/system-generators/drbdd-ocf-generator",
  "0644 /usr/lib/drbdd/ocf.rs@.service",
  "0755 /usr/lib/drbdd/ocf-rs-wrapper",
  "0644 /usr/share/snmp/mibs/LINBIT-DRBD-MIB.txt",
  "0644 /usr/share/doc/drbdd/examples/prometheus/grafana-dashboard.json",
  "0644 /usr/share/doc/drbdd/examples/drbdd.toml",
  "0644 /usr/share/drbdd/drbdd.schema.json",
  "0644 /usr/share/doc/drbdd/from-drbd-reactor.md",
  "0644 /usr/share/doc/drbdd/runbook.md",
  "0644 /usr/share/doc/drbdd/sbom.cdx.json",
  "0644 /usr/share/bash-completion/completions/drbddctl",
  "0644 /usr/share/zsh/ZSH/_drbddctl",
  "0644 /usr/share/fish/vendor_completions.d/drbddctl.fish",
  "0644 /usr/share/man/man8/drbdd.8.gz",
  "0644 /usr/share/man/man8/drbddctl.8.gz",
  "0644 /usr/share/man/man5/drbdd.toml.5.gz",
  ...["agentx", "api", "debugger", "prometheus", "promoter", "umh"].map((plugin) =>
    `0644 /usr/share/man/man5/drbdd-${plugin}.5.gz`
  ),
];

/** Those that members of the group drbdd may read; dpkg leaves it to the script after the installation to give them the group. */
const OF_THE_GROUP = ["/etc/drbdd.toml", "/etc/drbdd.d"];

/** "MODE PATH" of each line of a listing as of `ls -l`, all of root's. */
function listed(text: string): string[] {
  return text.trimEnd().split("\n").map((line) => {
    const [type = "", owner = ""] = line.split(/ +/);
    const [, path = ""] = /[ .](\/\S*?)(?: -> .*)?$/.exec(line) ?? [];
    const group = OF_THE_GROUP.includes(path) ? "drbdd" : "root";
    assert.match(line, owner.includes("/") ? / root\/root / : new RegExp(` root +${group} `));
    const bits = [...type.slice(1)].map((letter) => letter === "-" ? "0" : "1").join("");
    const setgid = type[6] === "s" ? "2" : "0";
    return `${setgid}${parseInt(bits, 2).toString(8)} ${path}${
      type.startsWith("d") && !path.endsWith("/") ? "/" : ""
    }`;
  });
}

const missing = (found: readonly string[], systemd: string, zsh: string) =>
  WANTED.map((wanted) => wanted.replace("SYSTEMD", systemd).replace("ZSH", zsh))
    .filter((wanted) => !found.includes(wanted));

test("the .deb has all that belongs to a daemon, and lintian finds nothing", ["lintian"], async () => {
  const { deb } = await packages();
  assert.deepEqual(
    missing(listed(await output("dpkg-deb", ["--contents", deb])), "/lib/systemd", "vendor-completions"),
    [],
  );
  const lintian = await run("lintian", ["--fail-on", "error,warning", deb]);
  assert.equal(lintian.code, 0, lintian.said);
  assert.doesNotMatch(lintian.said, /^[EW]: /m);
});

test(
  "the .rpm has the same, its scripts are shell, and rpmlint finds nothing",
  ["rpm", "rpmlint"],
  async () => {
    const { rpm } = await packages();
    assert.deepEqual(
      missing(listed(await output("rpm", ["-qlpv", rpm])), "/usr/lib/systemd", "site-functions"),
      [],
    );
    assert.deepEqual(
      (await output("rpm", ["-qp", "--configfiles", rpm])).trim().split("\n"),
      ["/etc/drbdd.toml", "/etc/logrotate.d/drbdd"],
    );
    const scripts = (await output("rpm", ["-qp", "--scripts", rpm])).split(
      /^(\w+) scriptlet \(using \/bin\/sh\):$/m,
    );
    const names = scripts.filter((_, place) => place % 2 === 1);
    assert.deepEqual(names, ["preinstall", "postinstall", "preuninstall", "postuninstall", "posttrans"]);
    for (const text of scripts.filter((_, place) => place > 0 && place % 2 === 0)) {
      await output("sh", ["-n", "-c", text]);
      assert.doesNotMatch(text, /systemctl.* (enable|start)\b/);
    }
    const rpmlint = await run("rpmlint", ["--config", `${PROJECT}scripts/package/rpmlint.toml`, rpm]);
    assert.equal(rpmlint.code, 0, rpmlint.said);
    assert.match(rpmlint.said, / 0 errors, 0 warnings/);
  },
);

/** Words of texts that have to be passed on with what they are for, one for each kind. */
const NOTICES = [
  ...[
    /smol-toml [\d.]+ +BSD-3-Clause/,
    /Copyright .*Squirrel Chat/,
    /Copyright .*Mark Cavage/,
    /Yusuke Wada/,
  ],
  ...[/2018-\d+ the Deno authors/, /Copyright 2014, the V8 project authors/, /Unicode, Inc\./, /tokio \d/],
];

test("the licences of all that is in the program are shipped", ["rpm"], async (folder) => {
  const { deb, rpm } = await packages();
  await output("dpkg-deb", ["--extract", deb, folder]);
  const documents = `${folder}/usr/share/doc/drbdd`;
  const copyright = await Deno.readTextFile(`${documents}/copyright`);
  const all = await Deno.readTextFile(`${documents}/THIRD-PARTY-NOTICES.txt`);
  for (const words of NOTICES) {
    assert.match(copyright, words);
    assert.match(all, words);
  }
  assert.match(all, /Version 2\.0, January 2004/);
  const { components } = JSON.parse(await Deno.readTextFile(`${documents}/sbom.cdx.json`));
  const version = (name: string) => components.find((one: { name: string }) => one.name === name)?.version;
  assert.equal(version("smol-toml"), /smol-toml ([\d.]+)/.exec(copyright)?.[1]);
  assert.match(version("Deno"), /^\d+\.\d+\.\d+$/);
  assert.ok(components.length > 200, `${components.length}`);
  assert.deepEqual(
    components.filter((one: { licenses?: unknown[] }) => (one.licenses ?? []).length === 0),
    [],
  );
  assert.deepEqual((await output("rpm", ["-qp", "--licensefiles", rpm])).trim().split("\n"), [
    "/usr/share/licenses/drbdd/LICENSE",
    "/usr/share/licenses/drbdd/THIRD-PARTY-NOTICES.txt",
  ]);
});

test("bash completes the commands of drbddctl", [], async (folder) => {
  await output("dpkg-deb", ["--extract", (await packages()).deb, folder]);
  const complete = `PATH=${folder}/usr/sbin:$PATH
. ${folder}/usr/share/bash-completion/completions/drbddctl
COMP_WORDS=(drbddctl ca) COMP_CWORD=1 COMP_LINE="drbddctl ca" COMP_POINT=11
_drbddctl
printf '%s\\n' "\${COMPREPLY[@]}"`;
  assert.match(await output("bash", ["--norc", "-c", complete]), /^cat *$/m);
});

test("man has nothing to say against any page", ["man"], async (folder) => {
  await output("dpkg-deb", ["--extract", (await packages()).deb, folder]);
  const pages = (await output("find", [`${folder}/usr/share/man`, "-type", "f"])).trim().split("\n");
  assert.ok(pages.length >= 9, pages.join("\n"));
  for (const page of pages) {
    // Formatted for a printer of fixed letters, as lintian does: what a terminal would not show is reported as well.
    const args = ["--warnings", "-E", "UTF-8", "-l", "-Tutf8", "-Z", page];
    const { code, stderr } = await new Deno.Command("man", {
      args,
      env: { LC_ALL: "C.UTF-8", MANROFFSEQ: "", MANWIDTH: "80" },
    }).output();
    assert.equal(new TextDecoder().decode(stderr), "", page);
    assert.equal(code, 0, page);
    // With a name and a purpose, for apropos.
    assert.match(await output("lexgrog", [page]), / - \S/);
  }
});

test("two builds of the same sources are the same to the byte, with the same Deno", [], async (folder) => {
  // In another place, at another time, by somebody in another country and with other habits.
  const project = `${folder}/project`;
  await Deno.mkdir(project);
  const copy =
    'cd "$1" && git ls-files -z --cached --others --exclude-standard | xargs -0 cp --parents --target-directory="$2"';
  await output("sh", ["-c", copy, "sh", PROJECT, project]);
  const other = { project, env: { ...BUILT_AT, TZ: "Asia/Kathmandu", LC_ALL: "C" }, umask: "077" };
  await runScript(["scripts/compile.ts", "--output", `${folder}/second`], other);
  await runScript(["scripts/package.ts", ...packing(await compiledProgram(), `${folder}/made`)], other);
  await runScript(["scripts/compile.ts", "--output", `${folder}/first`], { env: BUILT_AT });
  const { deb, rpm } = await packages();
  const made = (path: string) => `${folder}/made/${path.split("/").at(-1)}`;
  for (
    const [a, b] of [[`${folder}/first`, `${folder}/second`], [deb, made(deb)], [rpm, made(rpm)]] as const
  ) {
    assert.equal((await run("cmp", [a, b])).said, "");
  }
});

test("packages for the other machine are made of a program for it, and say so", ["rpm"], async (folder) => {
  // No more than the beginning of one: the runtime for it is not available everywhere.
  const header = new Uint8Array(64);
  header.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  header[18] = 0xb7;
  await Deno.writeFile(`${folder}/drbdd`, header);
  const said = await runScript(["scripts/package.ts", ...packing(`${folder}/drbdd`, folder)]);
  const [, deb = "", rpm = ""] = /Made: (\S+_arm64\.deb)\nMade: (\S+\.aarch64\.rpm)\n/.exec(said) ?? [];
  assert.equal((await output("dpkg-deb", ["--field", deb, "Architecture"])).trim(), "arm64");
  assert.equal((await output("rpm", ["-qp", "--queryformat", "%{ARCH}", rpm])).trim(), "aarch64");
});
