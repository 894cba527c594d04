/** The package for Debian and its kin. */
import { runOrFail } from "../build/command.ts";
import { makeWorkFolder, putInPlace } from "../build/work_folder.ts";
import { debianCopyright, notices } from "../licenses/notices.ts";
import type { Build, Entry } from "./contents.ts";
import { DEB_TRIGGERS, debScripts } from "./maintainer.ts";
import { stage } from "./stage.ts";
import { DESCRIPTION, HOMEPAGE, MAINTAINER, SUMMARY } from "./words.ts";

/** What is unusual about a compiled program, and why. */
const OVERRIDES = `# Deno's runtime has its libraries in it.
drbdd: embedded-library
# ICU's licence, as it stands, names it for files of ICU's build.
drbdd: old-fsf-address-in-copyright-file
# deb-systemd-helper enables units, and nothing is enabled by the package; a restart goes by deb-systemd-invoke.
drbdd: maintainer-script-calls-systemctl
# Configuration has passwords: tokens, keys, parameters of resource agents, variables of commands.
drbdd: non-standard-dir-perm * [etc/drbdd/]
drbdd: non-standard-dir-perm * [etc/drbdd.d/]
drbdd: non-standard-file-perm * [etc/drbdd.toml]
`;

/** Returns the path of the package. */
export async function makeDeb(
  { entries, target, version, licenses, epoch, compression, directory }: Build,
): Promise<string> {
  const { packages, runtime, texts } = licenses;
  const year = new Date(epoch * 1000).getUTCFullYear();
  const work = await makeWorkFolder("deb");
  try {
    const root = `${work}/root`;
    await Deno.mkdir(root, { mode: 0o755 });
    const text = (path: string, text: string, mode = 0o644): Entry => ({ path, mode, content: { text } });
    const date = new Date(epoch * 1000).toUTCString().replace("GMT", "+0000");
    const all = [
      ...entries,
      text("/usr/share/lintian/overrides/drbdd", OVERRIDES),
      text(
        "/usr/share/doc/drbdd/copyright",
        debianCopyright(packages, runtime, texts, { source: HOMEPAGE, year }),
      ),
      text("/usr/share/doc/drbdd/THIRD-PARTY-NOTICES.txt", notices(packages, runtime, texts)),
      text(
        "/usr/share/doc/drbdd/changelog",
        `drbdd (${version}) unstable; urgency=medium\n\n  * See CHANGELOG.md beside this file.\n\n -- ${MAINTAINER}  ${date}\n`,
      ),
    ];
    await stage(root, all, epoch);
    await Deno.mkdir(`${root}/DEBIAN`);
    const installedKib = Math.ceil(Number((await runOrFail("du", ["-ks", root])).split("\t")[0]));
    const control = {
      control: `Package: drbdd
Version: ${version}
Architecture: ${target.deb}
Maintainer: ${MAINTAINER}
Installed-Size: ${installedKib}
Depends: libc6 (>= 2.27), libgcc-s1
Recommends: drbd-utils (>= 9.16)
Suggests: logrotate, prometheus, snmpd, resource-agents
Section: admin
Priority: optional
Homepage: ${HOMEPAGE}
Description: ${SUMMARY}
${DESCRIPTION.split("\n").map((line) => line === "" ? " ." : ` ${line}`).join("\n")}
`,
      triggers: DEB_TRIGGERS,
      conffiles: entries.filter(({ isConfig }) => isConfig).map(({ path }) => `${path}\n`).join(""),
      md5sums: await runOrFail("sh", [
        "-c",
        `cd "$1" && find etc lib usr -type f -exec md5sum {} + | LC_ALL=C sort -k 2`,
        "sh",
        root,
      ]),
      ...await debScripts(),
    };
    for (const [name, content] of Object.entries(control)) {
      const path = `${root}/DEBIAN/${name}`;
      await Deno.writeTextFile(path, content);
      await Deno.chmod(path, name.startsWith("p") ? 0o755 : 0o644);
    }
    await Deno.chmod(`${root}/DEBIAN`, 0o755);
    const name = `drbdd_${version}_${target.deb}.deb`;
    await runOrFail("dpkg-deb", [
      "--root-owner-group",
      "-Zxz",
      `-z${compression}`,
      "--threads-max=1",
      "--build",
      root,
      `${work}/${name}`,
    ], {
      SOURCE_DATE_EPOCH: String(epoch),
    });
    await putInPlace(`${work}/${name}`, `${directory}/${name}`);
    return `${directory}/${name}`;
  } finally {
    await Deno.remove(work, { recursive: true });
  }
}
