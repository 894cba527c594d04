/**
 * A node of a cluster for one test: a container with DRBD's units and stand-ins for its programs, and in it the compiled
 * drbdd as administrators run it, under its own unit.
 */
import assert from "node:assert/strict";
import { compiledProgram } from "../../support/processes/compiled_program.ts";
import { DEADLINE_MS } from "../../support/processes/deadline.ts";
import { DUMP_END, dumpOf, line, type Values } from "../../support/core/events2_text.ts";
import { Container, CONTAINER_NEEDS, type ContainerFile } from "../container/container.ts";
import { drbdFiles, type Flavour } from "../drbd_units/install.ts";
import { type Call, StandIn } from "../drbd_units/standin.ts";
import { requires } from "../require.ts";

export { noting, sleeping, unit } from "./services.ts";

const EXAMPLE = new URL("../../../example/", import.meta.url);
/** Where the packages put them, by their names in example/. */
const UNITS = [
  "drbdd.service",
  "drbdd-reload.path",
  "drbdd-reload.service",
  "ocf.rs@.service",
  "drbd-services-secondary@.target",
] as const;
export const WRAPPER = "/usr/lib/drbdd/ocf-rs-wrapper";
/** Of the stand-ins. */
const STATE = "/var/lib/standin";
/** The snippet that a test writes. */
const SNIPPET = "/etc/drbdd.d/test.toml";

export const DRBDD = "drbdd.service";
const GLANCE_MS = 100;

export interface NodeOptions {
  /** Default: the newest. */
  readonly flavour?: Flavour;
  /** The plugins, as they stand in a snippet. Default: none. */
  readonly config?: string;
  /** DRBD resources, each with one volume and one peer. Nobody may promote them until a test says so. */
  readonly resources: readonly string[];
  readonly files?: Readonly<Record<string, ContainerFile>>;
  readonly bind?: Readonly<Record<string, string>>;
  /** drbdd is started, and the state of all resources known to it. Default true. */
  readonly isStarted?: boolean;
  /** Default true. Otherwise there is no drbdd until the test installs it. */
  readonly isInstalled?: boolean;
}

/** The options that drbdsetup shows of a resource: those that a promoter wants. */
const GOOD_OPTIONS = {
  "auto-promote": false,
  "quorum": "majority",
  "on-no-quorum": "io-error",
  "on-no-data-accessible": "io-error",
  "on-suspended-primary-outdated": "force-secondary",
};

/** A test on a node of its own, named after what it shows. */
export function nodeTest(name: string, options: NodeOptions, fn: (node: Node) => Promise<void>): void {
  Deno.test(requires(CONTAINER_NEEDS, {
    name: `promoter on systemd: ${name}`,
    sanitizeOps: true,
    sanitizeResources: true,
    fn: async () => {
      await using node = await Node.start(options);
      await fn(node);
    },
  }));
}

export class Node implements AsyncDisposable {
  readonly #resources: readonly string[];

  private constructor(readonly box: Container, readonly drbd: StandIn, resources: readonly string[]) {
    this.#resources = resources;
  }

  static async start(
    { flavour = "9.34", config = "", resources, files = {}, bind = {}, isStarted = true, isInstalled = true }:
      NodeOptions,
  ): Promise<Node> {
    const box = await Container.start({
      name: "alpha",
      files: {
        ...await drbdFiles(flavour),
        ...(isInstalled ? { ...await drbddFiles(), [SNIPPET]: config } : {}),
        ...Object.assign({}, ...resources.map(resourceFiles)),
        [`${STATE}/events2`]: dumpOfAll(resources),
        ...files,
      },
      bind: { ...(isInstalled ? { [await compiledProgram()]: "/usr/sbin/drbdd" } : {}), ...bind },
    });
    const node = new Node(box, new StandIn(box), resources);
    try {
      if (isStarted && isInstalled) await node.startDaemon();
      return node;
    } catch (error) {
      await box.kill();
      throw error;
    }
  }

  /** What drbdsetup prints when it is restarted. Values by resource change its line in it. */
  async nextDump(values: Readonly<Record<string, Values>>): Promise<void> {
    await this.drbd.replaceEvents(dumpOfAll(this.#resources, values));
  }

  async startDaemon(): Promise<void> {
    const { code } = await this.box.systemctl("start", DRBDD);
    if (code !== 0) throw new Error(`drbdd does not start. It said:\n${(await this.log()).join("\n")}`);
  }

  /** drbdsetup prints lines, all at once. Returns when, in milliseconds since boot as `began` does, in steps of 10. */
  async print(...lines: string[]): Promise<number> {
    const script = `read -r now _ </proc/uptime; cat >>${STATE}/events2; echo "$now"`;
    const stdin = lines.map((each) => `${each}\n`).join("");
    return Math.round(Number(await this.box.output(["sh", "-c", script], { stdin })) * 1_000);
  }

  /** Waits for a deed, and returns when it was done. */
  async began(deed: string): Promise<number> {
    let atMs: number | undefined;
    await this.box.waitFor(deed, async () => {
      atMs = (await this.drbd.calls()).find(({ args }) => args === deed)?.atMs;
      return atMs !== undefined;
    });
    return atMs ?? 0;
  }

  /** Lets time pass. */
  pass(durationMs: number): Promise<void> {
    return new Promise((resolve) => setTimeout(resolve, durationMs));
  }

  /** DRBD lets the resources be promoted, and their services are waited for. */
  async run(...names: string[]): Promise<void> {
    await this.print(...names.map(promotable));
    for (const name of names) await this.said(`${name}: start: done`);
  }

  /** Another configuration, by a reload. */
  async reload(config: string): Promise<void> {
    const place = (await this.log()).length;
    await this.box.writeFile(SNIPPET, config);
    await this.box.output(["systemctl", "reload", DRBDD]);
    await this.said("Configuration reloaded", place);
  }

  async configure(config: string): Promise<void> {
    await this.box.writeFile(SNIPPET, config);
  }

  /** What drbdd has said, and systemd about it, line by line. */
  async log(): Promise<string[]> {
    return (await this.box.journal(DRBDD)).trimEnd().split("\n");
  }

  /** Waits for a line with `text` at `place` or later; returns the place after it. */
  async said(text: string | RegExp, place = 0): Promise<number> {
    const matches = (each: string) => typeof text === "string" ? each.includes(text) : text.test(each);
    const endMs = performance.now() + DEADLINE_MS;
    for (;;) {
      const lines = await this.#glance();
      const found = lines.findIndex((each, index) => index >= place && matches(each));
      if (found >= 0) return found + 1;
      if (performance.now() > endMs) {
        throw new Error(`Timed out waiting for "${text}". It said:\n${lines.join("\n")}`);
      }
      await this.pass(GLANCE_MS);
    }
  }

  /** The same as `log`, but perhaps without what was said just now: costs a third of the time. */
  async #glance(): Promise<string[]> {
    const journal = ["journalctl", "--no-pager", "--output=cat", `--unit=${DRBDD}`];
    const { stdout } = await new Deno.Command("nsenter", {
      args: ["--target", String(this.box.initPid), "--mount", "--", ...journal],
      stdin: "null",
      stderr: "null",
    }).output();
    return new TextDecoder().decode(stdout).trimEnd().split("\n");
  }

  /** What was done to DRBD and the services, in order: each with its exit status unless it is 0. */
  async story(): Promise<string[]> {
    const calls = (await this.drbd.calls()).filter(isDeed);
    return calls.map(({ args, code }) => code === 0 ? args : `${args}: ${code}`);
  }

  /** Waits until the story is this. */
  async does(...story: readonly string[]): Promise<void> {
    let seen: string[] = [];
    try {
      await this.box.waitFor("the story", async () => {
        seen = await this.story();
        return seen.length >= story.length;
      });
    } catch (error) {
      const log = (await this.log()).join("\n");
      throw new Error(`Expected ${story.join(", ")}; found ${seen.join(", ")}\n${log}`, { cause: error });
    }
    if (seen.join() !== story.join()) {
      throw new Error(
        `Expected ${story.join(", ")}; found ${seen.join(", ")}\n${(await this.log()).join("\n")}`,
      );
    }
  }

  /**
   * The story of an eviction whose peer took over is this, and then at most the start that drbddctl asks for once the target is
   * unmasked: DRBD refuses it, or the stop of what still runs after the demotion cancels it.
   */
  async didOnceUnmasked(...story: readonly string[]): Promise<void> {
    const seen = await this.story();
    if (seen.at(-1) === "primary web: 11") seen.pop();
    assert.deepEqual(seen, story, (await this.log()).join("\n"));
  }

  /** ActiveState of units, as one line. */
  async states(...units: string[]): Promise<string> {
    const states = await Promise.all(units.map((unit) => this.box.property(unit, "ActiveState")));
    return states.join(" ");
  }

  /** Waits until the units have these states. */
  async reaches(units: readonly string[], states: string): Promise<void> {
    let seen = "";
    try {
      await this.box.waitFor(
        "states",
        async () => (seen = await this.states(...units)) === states,
      );
    } catch (error) {
      const log = (await this.log()).join("\n");
      throw new Error(`${units.join(" ")}: expected ${states}, found ${seen}\n${log}`, { cause: error });
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.box[Symbol.asyncDispose]();
  }
}

/** A resource for the stand-ins, which prints what DRBD would when it is promoted and demoted. */
function resourceFiles(name: string): Record<string, ContainerFile> {
  const files = {
    "ll-dev": "none\n",
    "show.json": JSON.stringify([{ resource: name, options: GOOD_OPTIONS, connections: [] }]),
    "primary.events": `${primary(name)}\n`,
    "secondary.events": `${secondary(name)}\n`,
    "secondary-force.events": `${secondary(name)}\n`,
  };
  return Object.fromEntries(Object.entries(files).map(([file, text]) => [`${STATE}/${name}/${file}`, text]));
}

function dumpOfAll(resources: readonly string[], values: Readonly<Record<string, Values>> = {}): string {
  const lines = resources.flatMap((name) => [
    line("exists", "resource", { name, may_promote: "no", ...values[name] }),
    ...dumpOf(name).slice(1),
  ]);
  return [...lines, DUMP_END].map((each) => `${each}\n`).join("");
}

/** drbdd as a package installs it. */
async function drbddFiles(): Promise<Record<string, ContainerFile>> {
  const units = await Promise.all(
    UNITS.map(async (name) => [`/lib/systemd/system/${name}`, await example(name)] as const),
  );
  return {
    ...Object.fromEntries(units),
    [WRAPPER]: { text: await example("ocf-rs-wrapper"), mode: 0o755 },
    "/etc/drbdd.toml": 'snippets = "/etc/drbdd.d"\n',
  };
}

export function example(name: string): Promise<string> {
  return Deno.readTextFile(new URL(name, EXAMPLE));
}

function isDeed({ program, args, code }: Call): boolean {
  return code !== undefined && program !== "drbdadm" && !/^(events2|show|status)\b/.test(args);
}

/** DRBD would let this node be Primary. */
export function promotable(name: string): string {
  return line("change", "resource", { name, may_promote: "yes" });
}

export function primary(name: string): string {
  return line("change", "resource", { name, role: "Primary", may_promote: "no" });
}

export function secondary(name: string): string {
  return line("change", "resource", { name, role: "Secondary", may_promote: "yes" });
}

export function withQuorum(name: string, quorum: "yes" | "no"): string {
  return line("change", "device", { name, quorum });
}
