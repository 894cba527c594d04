/** What happens in the demo: first light, a promotion, and everything that DRBD and drbdd are there for. */
import type { Act } from "./stage.ts";
import { NODES, type Stage } from "./stage.ts";

function everywhere(stage: Stage, ...args: readonly string[]): void {
  for (const node of NODES) stage.admin(node, ...args);
}

export const STORY: readonly Act[] = [
  {
    atMs: 0,
    say:
      'Three machines, a drbdd on each. drbdd runs "drbdsetup events2" and waits: there is no resource yet',
    do: (stage) => NODES.forEach((node) => stage.daemons.start(node)),
  },
  {
    atMs: 2_500,
    say: "Two resources are brought up everywhere: web and db. Their disks are new, so nobody has good data",
    do: (stage) => everywhere(stage, "up", "all"),
  },
  {
    atMs: 6_000,
    say: "alpha and beta each declare their disk of one resource the good one: the first sync begins",
    do: (stage) => {
      stage.admin("alpha", "primary", "--force", "web");
      stage.admin("beta", "primary", "--force", "db");
    },
  },
  {
    atMs: 14_500,
    say: "All disks are UpToDate. Services start: the web server on alpha, the database on beta",
    do: (stage) => {
      stage.use("alpha", "web");
      stage.use("beta", "db");
    },
  },
  {
    atMs: 18_000,
    say: "alpha loses power! The others notice when its ping is not answered",
    do: (stage) => {
      stage.release("web");
      stage.powerOff("alpha");
    },
  },
  {
    atMs: 22_500,
    say:
      "drbdd on gamma saw may_promote turn to yes: nobody else uses web, and the data here are good. gamma takes over",
    do: (stage) => stage.admin("gamma", "primary", "web"),
  },
  {
    atMs: 24_000,
    say: "The web server runs on gamma and writes on",
    do: (stage) => stage.use("gamma", "web"),
  },
  {
    atMs: 26_500,
    say: "alpha is switched on again. Its data are behind: it gets what it missed",
    do: (stage) => stage.powerOn("alpha"),
  },
  {
    atMs: 34_000,
    say: "The network splits: beta, where the database runs, is alone",
    do: (stage) => stage.model.partition([["alpha", "gamma"], ["beta"]]),
  },
  {
    atMs: 38_500,
    say: "beta sees only itself: no quorum. Its writes fail, so that no two databases go different ways. " +
      "The database is stopped there",
    do: (stage) => {
      stage.release("db");
      stage.admin("beta", "secondary", "db");
    },
  },
  {
    atMs: 41_000,
    say: "The majority has quorum and may promote: alpha takes the database",
    do: (stage) => stage.admin("alpha", "primary", "db"),
  },
  { atMs: 42_500, say: "The database runs on alpha", do: (stage) => stage.use("alpha", "db") },
  {
    atMs: 44_500,
    say: "The network is mended. beta comes back as Secondary and catches up",
    do: (stage) => stage.model.heal(),
  },
  {
    atMs: 49_000,
    say: "A disk of gamma fails under the running web server, which goes on with the data of its peers",
    do: (stage) => {
      stage.model.failDisk("gamma", "web", 0);
      stage.write("web", 24 * 1024);
    },
  },
  {
    atMs: 53_000,
    say: "The disk works again and is attached: only what changed is copied",
    do: (stage) => {
      stage.model.mendDisk("gamma", "web", 0);
      stage.admin("gamma", "attach", "web");
    },
  },
  { atMs: 57_000, say: "Everything is well again, and drbdd has seen all of it" },
];

/** How long the last picture stays. */
export const STORY_MS = 59_000;
