/**
 * What a test needs of the machine, said by the test. Where it is missing, the test fails and names the package that has it:
 * nothing is skipped in silence.
 *
 *     Deno.test(requires(["root", "snmpd"], { name: "...", async fn() { ... } }));
 *
 * A developer may set DRBDD_TESTS_SKIP_MISSING=1. Such a test is then reported as ignored, with the reason in its name.
 */
import { accessSync, constants, existsSync } from "node:fs";
import { cgroup2Mount } from "./container/cgroup2.ts";

/**
 * Programs, and files by their absolute paths, with the Debian package that has them. apt-packages.txt lists the same
 * packages, for the machines of CI.
 */
export const PACKAGES = {
  "/usr/share/bash-completion/bash_completion": "bash-completion",
  bash: "bash",
  chromium: "chromium",
  "dpkg-deb": "dpkg",
  fish: "fish",
  gzip: "gzip",
  lintian: "lintian",
  man: "man-db",
  mmdebstrap: "mmdebstrap",
  nsenter: "util-linux",
  pandoc: "pandoc",
  prometheus: "prometheus",
  promtool: "prometheus",
  python3: "python3-prometheus-client",
  rpm: "rpm",
  rpmbuild: "rpm",
  rpmlint: "rpmlint",
  shellcheck: "shellcheck",
  smilint: "smitools",
  snmpd: "snmpd",
  snmptranslate: "snmp",
  snmpwalk: "snmp",
  strace: "strace",
  tar: "tar",
  tmux: "tmux",
  unshare: "util-linux",
  zsh: "zsh",
} as const;

/** A program, a file, the rights of root, or a mounted cgroup2 file system. */
export type Need = "root" | "cgroup2" | keyof typeof PACKAGES;

/** As of the machine: replaced in the tests of this module. */
export interface Machine {
  readonly skipMissing: boolean;
  has(need: Need): boolean;
}

/** The same test, changed only where something is missing: it fails at once, or is ignored if a developer allows that. */
export function requires(
  needs: readonly Need[],
  test: Deno.TestDefinition,
  machine: Machine = thisMachine(),
): Deno.TestDefinition {
  const missing = needs.filter((need) => !machine.has(need));
  if (missing.length === 0) return test;
  const reason = `needs ${missing.map(remedy).join("; ")}`;
  if (machine.skipMissing) return { ...test, name: `${test.name} (IGNORED: ${reason})`, ignore: true };
  return {
    ...test,
    fn: () => {
      throw new Error(`This test ${reason}. To have such tests ignored, set DRBDD_TESTS_SKIP_MISSING=1`);
    },
  };
}

function remedy(need: Need): string {
  if (need === "root") return "the rights of root";
  if (need === "cgroup2") return "a mounted cgroup2 file system";
  return `${need} (apt-get install ${PACKAGES[need]})`;
}

function thisMachine(): Machine {
  return { skipMissing: Deno.env.get("DRBDD_TESTS_SKIP_MISSING") === "1", has };
}

function has(need: Need): boolean {
  if (need === "root") return Deno.uid() === 0;
  if (need === "cgroup2") return cgroup2Mount() !== undefined;
  if (need.startsWith("/")) return existsSync(need);
  // Debian keeps the folders of root's programs out of a user's PATH.
  const folders = `${Deno.env.get("PATH") ?? ""}:/usr/local/sbin:/usr/sbin:/sbin`.split(":");
  return folders.some((folder) => folder !== "" && isExecutable(`${folder}/${need}`));
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
