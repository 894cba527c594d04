/** The program without a package: an archive with its licences. */
import { runOrFail } from "../build/command.ts";
import { makeWorkFolder, putInPlace } from "../build/work_folder.ts";
import { notices } from "../licenses/notices.ts";
import type { Licenses } from "../licenses/of_program.ts";

export interface ArchiveOf {
  readonly binary: string;
  readonly licenses: Licenses;
  /** Of the folder in it; the archive is NAME.tar.gz. */
  readonly name: string;
  readonly epoch: number;
  readonly directory: string;
}

/** Returns its path. The same files make the same archive. */
export async function makeArchive({ binary, licenses, name, epoch, directory }: ArchiveOf): Promise<string> {
  const work = await makeWorkFolder("archive");
  const path = `${directory}/${name}.tar.gz`;
  try {
    const folder = `${work}/${name}`;
    await Deno.mkdir(folder);
    await Deno.copyFile(binary, `${folder}/drbdd`);
    await Deno.symlink("drbdd", `${folder}/drbddctl`);
    for (const file of ["README.md", "LICENSE"]) await Deno.copyFile(file, `${folder}/${file}`);
    const { packages, runtime, texts } = licenses;
    await Deno.writeTextFile(`${folder}/THIRD-PARTY-NOTICES.txt`, notices(packages, runtime, texts));
    for (const file of ["README.md", "LICENSE", "THIRD-PARTY-NOTICES.txt"]) {
      await Deno.chmod(`${folder}/${file}`, 0o644);
    }
    await Deno.chmod(`${folder}/drbdd`, 0o755);
    await Deno.chmod(folder, 0o755);
    const always = [
      "--sort=name",
      `--mtime=@${epoch}`,
      "--owner=0",
      "--group=0",
      "--numeric-owner",
      "--format=gnu",
    ];
    await runOrFail("tar", [...always, "-C", work, "-cf", `${work}/all.tar`, name]);
    await runOrFail("gzip", ["-9", "--no-name", `${work}/all.tar`]);
    await putInPlace(`${work}/all.tar.gz`, path);
    return path;
  } finally {
    await Deno.remove(work, { recursive: true });
  }
}
