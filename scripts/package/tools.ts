/** The programs that make packages, and how to install those that are missing. */
import { run } from "../build/command.ts";

export type Format = "deb" | "rpm";

interface Tool {
  readonly program: string;
  /** The packages that have it: Debian's and Ubuntu's, and those of Fedora, Enterprise Linux and SUSE. */
  readonly debian: string;
  readonly fedora: string;
  /** Without any: needed for every format. */
  readonly format?: Format;
}

const TOOLS: readonly Tool[] = [
  { program: "dpkg-deb", debian: "dpkg", fedora: "dpkg", format: "deb" },
  { program: "rpmbuild", debian: "rpm", fedora: "rpm-build", format: "rpm" },
  { program: "pandoc", debian: "pandoc", fedora: "pandoc" },
  { program: "gzip", debian: "gzip", fedora: "gzip" },
];

/** Package managers, in the order in which they are looked for. */
const MANAGERS = [
  { program: "apt-get", names: "debian" },
  { program: "dnf", names: "fedora" },
  { program: "zypper", names: "fedora" },
] as const;

/** What is missing for `formats`, as one message with the command that installs all of it; undefined if nothing is. */
export async function missingTools(
  formats: readonly Format[],
  isInstalled: (program: string) => Promise<boolean> = isInPath,
): Promise<string | undefined> {
  const missing: Tool[] = [];
  for (const tool of TOOLS) {
    const isNeeded = tool.format === undefined || formats.includes(tool.format);
    if (isNeeded && !await isInstalled(tool.program)) missing.push(tool);
  }
  if (missing.length === 0) return undefined;
  const found = [];
  for (const manager of MANAGERS) if (await isInstalled(manager.program)) found.push(manager);
  const [manager = MANAGERS[0]] = found;
  const programs = missing.map(({ program }) => program).join(", ");
  const packages = missing.map((tool) => tool[manager.names]).join(" ");
  return `Cannot make ${
    formats.map((format) => `.${format}`).join(" and ")
  } packages: not installed: ${programs}
Install with: ${manager.program} install ${packages}`;
}

async function isInPath(program: string): Promise<boolean> {
  return (await run("sh", ["-c", 'command -v "$1"', "sh", program])).success;
}
