/** Instead of the story: whatever fate and a careful administrator do, as a seed decides. */
import { Random } from "../../tests/simulation/model/random.ts";
import type { Act } from "./stage.ts";
import { NODES, type Stage } from "./stage.ts";

const START_MS = 8_000;
const END_MS = 55_000;
export const RANDOM_STORY_MS = 60_000;

/** What is out of order. */
interface Trouble {
  isCut: boolean;
  hasBrokenDisk: boolean;
}

/** Things that can happen; each says what it was, or nothing if it did not fit. */
type Chance = (stage: Stage, random: Random, trouble: Trouble) => string | undefined;

const CHANCES: readonly Chance[] = [
  (stage, random) => {
    const node = random.pick(NODES);
    if (!stage.model.isPowered(node)) return undefined;
    stage.powerOff(node);
    return `${node} loses power`;
  },
  (stage) => {
    const node = NODES.find((node) => !stage.model.isPowered(node));
    if (node === undefined) return undefined;
    stage.powerOn(node);
    return `${node} is switched on`;
  },
  (stage, random, trouble) => {
    if (trouble.isCut) return undefined;
    trouble.isCut = true;
    const alone = random.pick(NODES);
    stage.model.partition([[alone], NODES.filter((node) => node !== alone)]);
    return `The network splits: ${alone} is alone`;
  },
  (stage, _, trouble) => {
    if (!trouble.isCut) return undefined;
    trouble.isCut = false;
    stage.model.heal();
    return "The network is mended";
  },
  (stage, random, trouble) => {
    const [node, { name }] = [random.pick(NODES), random.pick(stage.model.config.resources)];
    if (stage.model.resource(node, name)?.devices[0]?.is.disk !== "UpToDate") return undefined;
    trouble.hasBrokenDisk = true;
    stage.model.failDisk(node, name, 0);
    return `The disk of ${name} on ${node} fails`;
  },
  (stage, _, trouble) => {
    if (!trouble.hasBrokenDisk) return undefined;
    trouble.hasBrokenDisk = false;
    for (const node of NODES) {
      for (const { name } of stage.model.config.resources) {
        stage.model.mendDisk(node, name, 0);
        if (stage.model.resource(node, name) !== undefined) stage.admin(node, "adjust", name);
      }
    }
    return "All disks are mended and attached";
  },
  promote,
  promote,
];

/** A resource that nobody uses is promoted where that is allowed. */
function promote(stage: Stage, random: Random): string | undefined {
  const { name } = random.pick(stage.model.config.resources);
  const live = NODES.filter((node) => stage.model.resource(node, name) !== undefined);
  if (live.some((node) => stage.model.resource(node, name)?.is.role === "Primary")) return undefined;
  const node = live.find((node) => stage.model.dump(node, name)[0]?.includes("may_promote:yes"));
  if (node === undefined) return undefined;
  stage.admin(node, "primary", name);
  return `${name} may be promoted on ${node}: it is`;
}

/** Services stop where quorum is lost; a Primary that nobody needs is demoted. */
function keepHouse(stage: Stage): void {
  for (const node of NODES) {
    for (const resource of stage.model.resources(node)) {
      const hasQuorum = resource.devices.every(({ is }) => is.quorum);
      if (resource.is.role === "Primary" && !hasQuorum) stage.admin(node, "secondary", resource.name);
    }
  }
}

/** The acts that a seed decides: about one in three seconds. */
export function randomStory(seed: number, say: (text: string) => void): readonly Act[] {
  const random = new Random(seed);
  const trouble: Trouble = { isCut: false, hasBrokenDisk: false };
  const acts: Act[] = [
    {
      atMs: 0,
      say: `Three machines, a drbdd on each; what happens is decided by seed ${seed}`,
      do: (stage) => NODES.forEach((node) => stage.daemons.start(node)),
    },
    {
      atMs: 1_500,
      say: "Two resources are brought up everywhere",
      do: (stage) => NODES.forEach((node) => stage.admin(node, "up", "all")),
    },
    {
      atMs: 4_500,
      say: "Their new disks are declared the same: no first sync is needed",
      do: (stage) =>
        ["web/0", "db/0"].forEach((volume) => {
          stage.admin("alpha", "new-current-uuid", "--clear-bitmap", volume);
        }),
    },
  ];
  for (let atMs = START_MS; atMs < END_MS; atMs += random.between(1_500, 4_500)) {
    acts.push({
      atMs,
      say: "",
      do: (stage) => {
        keepHouse(stage);
        for (const chance of random.shuffled(CHANCES)) {
          const what = chance(stage, random, trouble);
          if (what === undefined) continue;
          say(what);
          return;
        }
      },
    });
  }
  return acts;
}
