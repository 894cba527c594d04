/** Arrows between rooms: which folder may import from which. A new one is a decision: it is added here, or not at all. */
import type { Source } from "./sources.ts";

/** Which rooms a room may import from. */
const ARROWS: readonly { readonly from: RegExp; readonly to: RegExp }[] = [
  { from: /^src\/drbd\/strings\//, to: /^src\/drbd\/strings\// },
  { from: /^src\/drbd\/model\//, to: /^src\/drbd\/(model|strings)\// },
  { from: /^src\/drbd\/text\//, to: /^src\/drbd\/(text|model)\// },
  { from: /^src\/drbd\/events2\//, to: /^src\/drbd\/(events2|model|strings)\// },
  { from: /^src\/drbd\/state\//, to: /^src\/drbd\/(state|events2|model|strings)\// },
  { from: /^src\/health\//, to: /^src\/(health|drbd)\// },
  { from: /^src\/config\/toml\//, to: /^src\/config\/toml\// },
  { from: /^src\/config\/schema\//, to: /^src\/config\/(schema|toml)\// },
  { from: /^src\/config\//, to: /^src\/config\// },
  { from: /^src\/effects\//, to: /^src\/effects\// },
  { from: /^src\/logging\//, to: /^src\/(logging|effects)\// },
  { from: /^src\/http\//, to: /^src\/(http|logging|effects)\// },
  { from: /^src\/daemon\//, to: /^src\/(daemon|logging|effects|health|drbd)\// },
  { from: /^src\/monitor\//, to: /^src\/(monitor|daemon|http|logging|effects|health|drbd)\// },
  {
    from: /^src\/app\//,
    to: /^src\/(app|config|daemon|monitor|http|logging|effects|drbd)\/|^src\/version\.ts$/,
  },
  { from: /^src\/ctl\//, to: /^src\/|^plugins\// },
  {
    from: /^plugins\//,
    to: /^plugins\/|^src\/(config|daemon|http|logging|effects|health|drbd)\/|^src\/version\.ts$/,
  },
];

/** Arrows between the folders of one folder; "" stands for its own files. Who is not named has none. */
const INSIDE: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "src/drbd/state": { "": "kinds records", records: "kinds" },
  "src/config": { "": "schema toml", schema: "toml" },
  "src/daemon": {
    "": "kept plugins source status systemd",
    kept: "status",
    plugins: "source status",
    source: "status",
    systemd: "plugins source status",
  },
  "src/effects": { deno: " waiting", waiting: "" },
  "src/ctl": {
    "": "cli cluster commands config screen",
    check: "cli config drbd screen services",
    cli: "screen",
    cluster: "cli screen",
    commands: "check cli cluster config edit events evict explain files hold logs migrate recording replay " +
      "screen start_until status top",
    config: "cli cluster drbd",
    drbd: "cli",
    edit: "cli config files",
    events: "cli feed screen",
    evict: "cli cluster config drbd",
    explain: "api cli config drbd feed screen services",
    feed: "api cli drbd services",
    files: "cli config services",
    hold: "cli explain files services",
    logs: "cli services",
    migrate: "cli screen",
    recording: "cli screen",
    replay: "cli events feed recording screen",
    services: "cli config drbd",
    start_until: "cli config drbd services",
    status: "cli config drbd files screen services",
    top: "api cli feed screen",
  },
  "src/ctl/commands": { configuration: "", inspection: "", services: "" },
  "src/ctl/explain": { "": "conclusions facts", conclusions: "facts" },
  "src/ctl/top": { "": "pages state", pages: "state" },
  plugins: { "": "agentx api debugger prometheus promoter umh" },
  "plugins/api": { "": "events http json openapi page", events: "http json", openapi: "events" },
  "plugins/api/page": { "": "scripts" },
  "plugins/promoter": {
    "": "checks config control decide hold secondary systemd",
    checks: "config control decide systemd",
    control: "checks config decide hold secondary shell systemd",
    hold: "control",
    secondary: "config control hold systemd",
    shell: "config control decide",
    systemd: "config control decide",
  },
  "plugins/promoter/control": { "": "report start", report: "", start: " report" },
  "plugins/promoter/decide": {
    "": "failures moves start",
    failures: " start",
    moves: " start",
    start: " failures moves",
  },
  "plugins/promoter/systemd": { "": "drop_ins units", drop_ins: "units" },
  "plugins/prometheus": { "": "series" },
  "plugins/umh": { "": "filters run" },
  scripts: {
    "": "build check demo licenses package release run_tests",
    bench: "build",
    licenses: "build check",
    package: "build licenses",
    release: "build licenses",
  },
  "scripts/bench": { "": "parts" },
  "scripts/demo": { "": "nodes screen", screen: "nodes" },
  tests: { simulation: "support" },
  "tests/simulation": {
    "": "cluster model sabotages",
    cluster: "model systemd",
    recordings: "model",
    sabotages: "cluster",
  },
  "tests/simulation/cluster": {
    "": "faults node rules setup",
    faults: " node setup",
    node: " programs setup",
    observed: "node programs setup",
    programs: "setup",
    rules: "node observed programs setup",
    setup: "programs",
  },
  "tests/simulation/model": {
    "": "changes commands kernel network output",
    changes: "kernel network",
    commands: " changes kernel network output",
    kernel: " changes network output",
    network: " changes kernel",
    output: "kernel",
  },
};

/** Files that every folder of a plugin may import: its schema has the types of what was configured. */
export const CONFIG_OF_PLUGIN = /^plugins\/\w+\/config\.ts$/;

/** Folders whose parts have arrows of their own above. */
const ROOMS = /^src(\/drbd)?$/;

/** The parts of the promoter serve one another: for circles they are one room. */
const ONE_ROOM = /^plugins\/promoter\//;

/** The room of a file: its folder. */
export function roomOf(path: string): string {
  return ONE_ROOM.test(path) ? "plugins/promoter" : path.slice(0, path.lastIndexOf("/"));
}

/** Imports of a file that no arrow allows, each as `FILE imports MODULE`. */
export function newArrows({ path, imports }: Source): string[] {
  const room = ARROWS.find(({ from }) => from.test(path));
  return imports
    .filter((name) => room?.to.test(name) === false || !isArrowInside(path, name))
    .map((name) => `${path} imports ${name}`);
}

/** Whether the folders of which both are part allow it. A folder whose parts import one another has to be named. */
function isArrowInside(path: string, name: string): boolean {
  if (CONFIG_OF_PLUGIN.test(name)) return true;
  const common = commonFolder(path, name);
  if (common !== "" && !ROOMS.test(common) && partOf(path, common) !== partOf(name, common)) {
    if (INSIDE[common] === undefined) return false;
  }
  return Object.entries(INSIDE).every(([folder, arrows]) => {
    if (!path.startsWith(`${folder}/`) || !name.startsWith(`${folder}/`)) return true;
    const [from, to] = [partOf(path, folder), partOf(name, folder)];
    return from === to || (arrows[from]?.split(" ") ?? []).includes(to);
  });
}

/** The deepest folder that both are in; "" if they have none in common. */
function commonFolder(a: string, b: string): string {
  const [parts, others] = [a.split("/").slice(0, -1), b.split("/").slice(0, -1)];
  const end = parts.findIndex((part, place) => part !== others[place]);
  return (end < 0 ? parts : parts.slice(0, end)).join("/");
}

/** The first folder of a path below `folder`; "" for a file right in it. */
function partOf(path: string, folder: string): string {
  const below = path.slice(folder.length + 1);
  const end = below.indexOf("/");
  return end < 0 ? "" : below.slice(0, end);
}
