/** The promoter on a real systemd: reloads, restarts, its end, and what it says of the node it finds. */
import assert from "node:assert/strict";
import { DRBDD, type Node, nodeTest, noting, withQuorum } from "./promoter/node.ts";

const table = (name: string, start: readonly string[], more = "") =>
  `[[promoter]]\n[promoter.resources.${name}]\nstart = [${start.map((each) => `"${each}"`)}]\n${more}\n`;
const units = (...names: string[]) => names.map((name) => `${name}.service`);
const notes = (...names: string[]) => Object.assign({}, ...names.map(noting));

/** Waits until these drop-ins of drbdd are there, and no others: it writes them while it is ready, or has read its files, already. */
async function hasDropIns(node: Node, expected: readonly string[]): Promise<void> {
  let seen: string[] = [];
  const find = ["find", "/run/systemd/system", "-name", "drbdd*.conf", "-printf", "%P\n"];
  const isSo = async () => {
    seen = (await node.box.output(find)).split("\n").filter((line) => line !== "").sort();
    return seen.join() === expected.toSorted().join();
  };
  await node.box.waitFor("the drop-ins", isSo).catch(() => assert.deepEqual(seen, expected.toSorted()));
}

nodeTest(
  "a reload with a changed start list starts what is new, and ties off what is gone when it has stopped",
  {
    config: table("web", units("a", "b")) + table("old", units("o")),
    resources: ["web", "old"],
    files: {
      ...notes("a", "b", "c", "o"),
      // Of an earlier life, and of somebody else.
      "/run/systemd/system/gone.service.d/drbdd.conf": "[Unit]\n",
      "/run/systemd/system/drbd-services@gone.target.d/drbdd-50-before.conf": "[Unit]\n",
      "/run/systemd/system/a.service.d/mine.conf": "[Unit]\n",
    },
  },
  async (node) => {
    const ofResource = (name: string) => [
      `drbd-promote@${name}.service.d/drbdd.conf`,
      `drbd-services@${name}.target.d/drbdd-50-before.conf`,
      `drbd-services@${name}.target.d/drbdd.conf`,
    ];
    const ofUnits = (...names: string[]) => names.map((name) => `${name}.service.d/drbdd.conf`);
    await hasDropIns(node, [...ofUnits("a", "b", "o"), ...ofResource("web"), ...ofResource("old")]);
    await node.run("web");
    await node.drbd.forget();
    let place = (await node.log()).length;
    // The resource "old" goes as it does not run; b goes from the start list though it does.
    await node.reload(table("web", units("a", "c")));
    place = await node.said("These units still run, but are no longer in any start list", place);
    await node.does("start c");
    await hasDropIns(node, [...ofUnits("a", "b", "c"), ...ofResource("web")]);
    await node.drbd.forget();
    await node.print(withQuorum("web", "no"));
    await node.said("web: stop: done", place);
    const story = await node.story();
    assert.deepEqual(story.filter((each) => each !== "stop b"), [
      "stop c",
      "stop a",
      "secondary-secondary-force web",
    ]);
    assert.ok(story.indexOf("stop b") >= 0 && story.indexOf("stop b") < 3, String(story));
    await node.reload(table("web", units("a")));
    await hasDropIns(node, [...ofUnits("a"), ...ofResource("web")]);
    await node.reload("");
    await hasDropIns(node, []);
    assert.equal((await node.box.run(["test", "-e", "/run/systemd/system/a.service.d/mine.conf"])).code, 0);
  },
);

const NOTE = "/usr/lib/drbdd-standin/note";

/** A resource for the shell runner. */
const shell = (name: string, more = "") =>
  `[[promoter]]\n[promoter.resources.${name}]\nrunner = "shell"\n` +
  `start = ["drbdadm primary ${name}", "${NOTE} start ${name}"]\n` +
  `stop = ["${NOTE} stop ${name}", "drbdadm secondary ${name}"]\n${more}\n`;

const ON_EXIT = "stop-services-on-exit = true\n";
const FOUR = (more: string) =>
  table("sys", units("a", "b"), ON_EXIT + more) + table("keep", units("k"), more) +
  shell("sh", ON_EXIT + more) + shell("shk", more);

nodeTest(
  "stop-services-on-exit stops when drbdd is stopped, for both runners; not at a reload, not elsewhere",
  {
    config: FOUR(""),
    resources: ["sys", "keep", "sh", "shk"],
    files: notes("a", "b", "k"),
  },
  async (node) => {
    await node.run("sys", "keep", "sh", "shk");
    await node.drbd.forget();
    // All instances are replaced by others.
    await node.reload(FOUR("fencing-promote-delay = 6"));
    await node.pass(1_000);
    assert.deepEqual(await node.story(), []);
    await node.box.output(["systemctl", "stop", DRBDD]);
    assert.deepEqual((await node.story()).filter((each) => each !== "stop sh"), [
      "stop b",
      "stop a",
      "secondary-secondary-force sys",
    ]);
    assert.ok((await node.story()).includes("stop sh"));
    const roles = await Promise.all(["sys", "keep", "sh", "shk"].map((name) => node.drbd.role(name)));
    assert.deepEqual(roles, ["Secondary", "Primary", "Secondary", "Primary"]);
    assert.equal(await node.states("k.service", "drbd-services@sys.target"), "active inactive");
  },
);

const OUTLIVES = await Deno.makeTempDir({ prefix: "drbdd-test-" });
addEventListener("unload", () => Deno.removeSync(OUTLIVES, { recursive: true }));

nodeTest(
  "a node that shuts down stops the services in order, by drbdd or by systemd, and waits for nothing that will not come",
  {
    config: table("sys", ["srv-m.mount", ...units("a", "b")], ON_EXIT) +
      table("keep", ["srv-n.mount", ...units("k")]) +
      shell("sh", ON_EXIT),
    resources: ["sys", "keep", "sh"],
    files: {
      ...notes("a", "b", "k"),
      ...Object.fromEntries(["m", "n"].map((name) => [
        `/etc/systemd/system/srv-${name}.mount`,
        `[Mount]\nWhat=tmpfs\nWhere=/srv/${name}\nType=tmpfs\n`,
      ])),
    },
    bind: { [OUTLIVES]: "/outlives" },
    isStarted: false,
  },
  async (node) => {
    await node.box.output(["ln", "-s", "/outlives/calls", "/var/lib/standin/calls"]);
    await node.startDaemon();
    await node.run("sys", "keep", "sh");
    await node.box.powerOff();
    const calls = (await Deno.readTextFile(`${OUTLIVES}/calls`)).split("\n").map((each) => each.split("\t"));
    const story = calls.filter(([_at, phase]) => phase !== "begin").map(([_at, _code, _program, args = ""]) =>
      args
    );
    for (
      const deeds of [
        ["stop b", "stop a", "secondary-secondary-force sys", "down sys"],
        ["stop k", "secondary-secondary-force keep", "down keep"],
        ["stop sh", "secondary sh"],
      ]
    ) assert.deepEqual(story.filter((deed) => deeds.includes(deed)), deeds);
    // What drbdd stops itself comes first: for the others systemd waits until drbdd has ended.
    assert.ok(story.indexOf("secondary-secondary-force sys") < story.indexOf("stop k"), story.join(", "));
  },
);
