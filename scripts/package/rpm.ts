/** The package for Fedora, Enterprise Linux, SUSE and their kin. */
import { dirname } from "node:path/posix";
import { runOrFail } from "../build/command.ts";
import { makeWorkFolder, putInPlace } from "../build/work_folder.ts";
import { notices } from "../licenses/notices.ts";
import type { Licenses } from "../licenses/of_program.ts";
import { RUNTIME_PARTS } from "../licenses/runtime.ts";
import { groupsOf } from "../licenses/spdx.ts";
import type { Build, Entry } from "./contents.ts";
import { rpmScripts } from "./maintainer.ts";
import { installedPath, stage } from "./stage.ts";
import { DESCRIPTION, HOMEPAGE, MAINTAINER, SUMMARY } from "./words.ts";

const RELEASE = "1";

/** Where these distributions have it, if that is another place. */
function placed(entry: Entry): Entry {
  const path = entry.path.replace(/^\/lib\/systemd\//, "/usr/lib/systemd/")
    .replace("/usr/share/zsh/vendor-completions/", "/usr/share/zsh/site-functions/");
  return { ...entry, path };
}

/** Returns the path of the package. */
export async function makeRpm(
  { entries, target, version, licenses, epoch, compression, directory }: Build,
): Promise<string> {
  const work = await makeWorkFolder("rpm");
  try {
    const { packages, runtime, texts } = licenses;
    const license = (name: string, content: Entry["content"]): Entry => ({
      path: `/usr/share/licenses/drbdd/${name}`,
      mode: 0o644,
      content,
    });
    const all = [
      ...entries.map(placed),
      license("LICENSE", { file: "LICENSE" }),
      license("THIRD-PARTY-NOTICES.txt", { text: notices(packages, runtime, texts) }),
    ];
    await stage(`${work}/root`, all, epoch);
    await Deno.writeTextFile(`${work}/drbdd.spec`, await spec(all, version, licenses, epoch, compression));
    await runOrFail("rpmbuild", [
      ...["-bb", "--quiet", `--target=${target.arch}-linux`],
      ...["--define", `_topdir ${work}/top`, "--define", `staged ${work}/root`],
      `${work}/drbdd.spec`,
    ], { SOURCE_DATE_EPOCH: String(epoch) });
    const name = `drbdd-${version}-${RELEASE}.${target.arch}.rpm`;
    await putInPlace(`${work}/top/RPMS/${target.arch}/${name}`, `${directory}/${name}`);
    return `${directory}/${name}`;
  } finally {
    await Deno.remove(work, { recursive: true });
  }
}

async function spec(
  entries: readonly Entry[],
  version: string,
  licenses: Licenses,
  epoch: number,
  compression: number,
): Promise<string> {
  const scripts = Object.entries(await rpmScripts()).map(([name, text]) => `%${name}\n${macroFree(text)}\n`);
  const date = new Date(epoch * 1000).toUTCString().replace(/^(\w+), (\d+) (\w+) (\d+).*/, "$1 $3 $2 $4");
  return `# Stripping would cut off the program, which is at the end of the runtime.
%global __os_install_post %{nil}
%global debug_package %{nil}
%global _build_id_links none
%global _buildhost localhost
%global use_source_date_epoch_as_buildtime 1
%global clamp_mtime_to_source_date_epoch 1
%global _binary_payload w${compression}.xzdio

Name: drbdd
Version: ${version}
Release: ${RELEASE}
Summary: ${SUMMARY}
License: ${licenseTag(licenses)}
Group: System Environment/Daemons
URL: ${HOMEPAGE}
Packager: ${MAINTAINER}
AutoReqProv: no
Requires: glibc >= 2.27
Recommends: drbd-utils >= 9.16
Suggests: logrotate

%description
${DESCRIPTION}

%install
cp -a %{staged}/. %{buildroot}/

${scripts.join("\n")}
%files
${
    [
      ...ownDirectories(entries).map((path) => `%dir %attr(755, root, root) ${path}`),
      ...entries.map(fileLine),
    ].join("\n")
  }

%changelog
* ${date} ${MAINTAINER} - ${version}-${RELEASE}
- See CHANGELOG.md among the documents.
`;
}

/**
 * An SPDX expression of all that is known to be in the program. What may be had under one of several licences is not named where
 * one of these is: MIT and the Apache License always are.
 */
function licenseTag({ packages, runtime }: Licenses): string {
  const all = [
    "Apache-2.0",
    ...packages.map(({ license }) => license),
    ...RUNTIME_PARTS.map(({ license }) => license === "SunPro" ? "LicenseRef-SunPro" : license),
    ...runtime.crates.flatMap(({ license }) => license?.license ?? []),
  ].flatMap(groupsOf);
  const names = new Set(all.filter((group) => group.length === 1).flat());
  const choices = all.filter((group) => !group.some((name) => names.has(name)));
  return [...names, ...new Set(choices.map((group) => `(${group.join(" OR ")})`))].join(" AND ");
}

/** Directories that only drbdd uses: rpm removes only directories that a package owns. */
function ownDirectories(entries: readonly Entry[]): string[] {
  const found = new Set<string>();
  for (const { path } of entries) {
    for (let at = dirname(path); at.includes("/drbdd"); at = dirname(at)) found.add(at);
  }
  for (const { path, content } of entries) if (content === "directory") found.delete(path);
  return [...found].sort();
}

/** A percent sign would begin a macro. */
function macroFree(text: string): string {
  return text.replaceAll("%", "%%");
}

/** What rpm calls files in these folders. */
const KIND = [["/usr/share/doc/", "%doc "], ["/usr/share/licenses/", "%license "]] as const;

function fileLine({ path, mode, content, isConfig, group }: Entry): string {
  const installed = installedPath(path);
  if (content === "directory") {
    return `%dir %attr(${mode.toString(8)}, root, ${group ?? "root"}) ${installed}`;
  }
  const kind = isConfig ? "%config(noreplace) " : KIND.find(([folder]) => path.startsWith(folder))?.[1] ?? "";
  const attributes = typeof content === "object" && "link" in content
    ? ""
    : `%attr(${mode.toString(8)}, root, ${group ?? "root"}) `;
  return `${kind}${attributes}${installed}`;
}
