/** Commands that are refused: how, and that nothing changes. */
import assert from "node:assert/strict";
import { nodesNamed } from "../config.ts";
import { Model } from "../model.ts";

function settled(): Model {
  const volumes = [{ volume: 0, minor: 7, sizeKib: 102_400, backingDev: "/dev/vg/web" }];
  const nodes = nodesNamed("alpha", "beta", "gamma");
  const model = new Model({ nodes, resources: [{ name: "web", port: 7000, volumes }] }, 1);
  model.settle();
  return model;
}

function wait(model: Model): void {
  model.advance(model.nowMs + 20_000);
}

function admin(model: Model, node: string, ...args: readonly string[]) {
  return model.runNow(node, "drbdadm", ...args);
}

interface Refused {
  readonly name: string;
  readonly prepare: (model: Model) => void;
  readonly node: string;
  readonly command: readonly string[];
  readonly code: number;
  readonly stderr: RegExp;
}

const REFUSED: readonly Refused[] = [
  {
    name: "a promotion beside a Primary",
    prepare: (model) => admin(model, "alpha", "primary", "web"),
    node: "beta",
    command: ["primary", "web"],
    code: 11,
    stderr: /^web: State change failed: \(-1\) Multiple primaries not allowed by config$/m,
  },
  {
    name: "a forced promotion beside a Primary",
    prepare: (model) => admin(model, "alpha", "primary", "web"),
    node: "beta",
    command: ["primary", "--force", "web"],
    code: 11,
    stderr: /\(-1\)/,
  },
  {
    name: "a promotion without quorum",
    prepare: (model) => {
      model.partition([["alpha"], ["beta", "gamma"]]);
      wait(model);
    },
    node: "alpha",
    command: ["primary", "web"],
    code: 11,
    stderr:
      /^web: State change failed: \(-25\) No quorum\nadditional info from kernel:\n1 of 3 nodes visible, need 2 for quorum$/m,
  },
  {
    name: "a demotion of what is open for writing",
    prepare: (model) => {
      admin(model, "alpha", "primary", "web");
      model.open("alpha", "web", 0, "mount");
    },
    node: "alpha",
    command: ["secondary", "web"],
    code: 11,
    stderr:
      /\(-12\) Device is held open by someone\nadditional info from kernel:\n.*\ndrbd7 opened by mount$/m,
  },
  {
    name: "taking down what is open for writing",
    prepare: (model) => {
      admin(model, "alpha", "primary", "web");
      model.open("alpha", "web", 0, "mount");
    },
    node: "alpha",
    command: ["down", "web"],
    code: 11,
    stderr: /\(-12\)/,
  },
  {
    name: "a detach of the only data of a Primary",
    prepare: (model) => {
      admin(model, "alpha", "primary", "web");
      for (const node of ["beta", "gamma"]) model.failDisk(node, "web", 0);
      wait(model);
    },
    node: "alpha",
    command: ["detach", "web/0"],
    code: 11,
    stderr: /\(-2\) Need access to UpToDate data/,
  },
  {
    name: "leaving a Primary without quorum",
    prepare: (model) => {
      admin(model, "alpha", "primary", "web");
      model.crash("gamma");
      wait(model);
    },
    node: "beta",
    command: ["down", "web"],
    code: 11,
    stderr: /\(-10\) State change was refused by peer node/,
  },
  {
    name: "bringing up what is up",
    prepare: () => {},
    node: "alpha",
    command: ["up", "web"],
    code: 1,
    stderr: /\(161\) Minor or volume exists already/,
  },
  {
    name: "a resource that is not configured",
    prepare: () => {},
    node: "alpha",
    command: ["primary", "nosuch"],
    code: 1,
    stderr: /^'nosuch' not defined in your config \(for this host\)\.$/m,
  },
];

for (const { name, prepare, node, command, code, stderr } of REFUSED) {
  Deno.test(`refused: ${name}`, () => {
    const model = settled();
    prepare(model);
    const before = model.dump(node);
    const result = admin(model, node, ...command);
    assert.equal(result.code, code);
    assert.match(result.stderr, stderr);
    assert.deepEqual(model.dump(node), before);
  });
}
