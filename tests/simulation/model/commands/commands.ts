/** drbdsetup and drbdadm as far as the model goes: what they do, print, and end with. */
import { ACTIONS, type Target } from "./actions.ts";
import { adjust, up } from "./bring_up.ts";
import type { ResourceConfig } from "../config.ts";
import { optionsIn } from "./options.ts";
import { drbdadmVersion, showJson, statusJson } from "../output/reports.ts";
import type { Done } from "../changes/roles.ts";
import type { Kernel, Refusal } from "../kernel/transaction.ts";
import type { NodeState } from "../kernel/world.ts";

export interface Command {
  readonly program: "drbdsetup" | "drbdadm";
  readonly args: readonly string[];
  /** Whether a signal has ended the program meanwhile: the kernel then gives up what the program waits for. */
  readonly isEnded?: (() => boolean) | undefined;
}

export interface CommandResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export type CommandDone = (result: CommandResult) => void;

/** Exit codes of drbdsetup: the kernel answers with an error; a rule of state forbids it; wrong arguments. */
const FAILED = 10;
const REFUSED = 11;
const WRONG = 20;
/** Commands of drbdsetup that name a device by its minor. */
const BY_MINOR: ReadonlySet<string> = new Set([
  "attach",
  "detach",
  "suspend-io",
  "resume-io",
  "new-current-uuid",
]);

function printed(stdout: string): CommandResult {
  return { code: 0, stdout, stderr: "" };
}

function failed(code: number, stderr: string): CommandResult {
  return { code, stdout: "", stderr: `${stderr}\n` };
}

/** Runs a command. `done` is called when it ends, never at once, and not at all if the node loses power before. */
export function runCommand(kernel: Kernel, node: NodeState, command: Command, done: CommandDone): void {
  const { world } = kernel;
  const { life } = node;
  const end: CommandDone = (result) => {
    if (node.life === life) done(result);
  };
  world.queue.at(world.nowMs + world.draw(world.timing.commandMs), () => {
    if (node.life !== life || !node.powered) return;
    const run = command.program === "drbdadm" ? drbdadm : drbdsetup;
    run(kernel, node, command, end);
  });
}

function drbdsetup(kernel: Kernel, node: NodeState, { args, isEnded }: Command, done: CommandDone): void {
  const { words, options } = optionsIn(args);
  const [verb = "", subject] = words;
  if (verb === "status" || verb === "show") {
    const found = node.resources.filter(({ name }) => subject === undefined || name === subject);
    const report = verb === "status" ? statusJson(found, kernel.world.nowMs) : showJson(found);
    const isUnknown = subject !== undefined && found.length === 0;
    done(
      isUnknown
        ? { code: FAILED, stdout: report, stderr: `${subject}: No such resource\n` }
        : printed(report),
    );
    return;
  }
  const action = ACTIONS.get(verb);
  const target = targetOf(node, words);
  if (action === undefined) done(failed(WRONG, `'${verb}': unknown command`));
  else if (target === undefined) done(failed(FAILED, `${subject ?? ""}: Failure: (158) Unknown resource`));
  else {
    action(kernel, { ...target, isEnded }, options, (refusal, stdout) => {
      done(refusal === undefined ? printed(stdout) : refused(target, refusal));
    });
  }
}

/** drbdsetup names devices by minor, and connections by resource and peer node id. */
function targetOf(node: NodeState, [verb = "", name, more]: readonly string[]): Target | undefined {
  const device = node.resources.flatMap(({ devices }) => devices).find(({ minor }) => String(minor) === name);
  if (BY_MINOR.has(verb)) {
    return device === undefined
      ? undefined
      : { resource: device.resource, connections: [], devices: [device] };
  }
  const resource = name === undefined ? undefined : node.resource(name);
  if (resource === undefined) return undefined;
  const connections = resource.connections.filter(({ peer }) => String(peer.nodeId) === more);
  const target: Target = { resource, connections, devices: resource.devices };
  return more === undefined ? target : { ...target, newName: more };
}

function broughtUp(name: string, done: CommandDone): Done {
  return (refusal) =>
    done(
      refusal === undefined
        ? printed("")
        : failed(FAILED, `${name}: Failure: (${refusal.code}) ${refusal.text}`),
    );
}

function refused({ resource, devices }: Target, { code, text, info }: Refusal): CommandResult {
  if (code > 0) return failed(FAILED, `${devices[0]?.minor ?? resource.name}: Failure: (${code}) ${text}`);
  const more = info === undefined ? [] : ["additional info from kernel:", ...info];
  return failed(REFUSED, [`${resource.name}: State change failed: (${code}) ${text}`, ...more].join("\n"));
}

function drbdadm(kernel: Kernel, node: NodeState, { args, isEnded }: Command, done: CommandDone): void {
  const { world } = kernel;
  const { words, options } = optionsIn(args);
  const [verb = "", ...subjects] = words;
  const configured = world.config.resources.filter((config) => world.has(node, config));
  if (options.has("version")) {
    done(printed(drbdadmVersion()));
  } else if (verb === "sh-resources") {
    done(printed(`${configured.map(({ name }) => name).join(" ")}\n`));
  } else if (subjects.length === 0) {
    done(failed(1, `drbdadm: '${verb}' requires a resource`));
  } else {
    const names = configured.map((config) => node.resourceOf(config)?.name ?? config.name);
    const wanted = subjects.includes("all") ? names : subjects;
    inTurn(
      wanted,
      (subject, next) => adminOne(kernel, node, { verb, subject, options, isEnded }, next),
      done,
    );
  }
}

/** One command after the other, until one fails. */
function inTurn(
  subjects: readonly string[],
  run: (subject: string, next: CommandDone) => void,
  done: CommandDone,
  stdout = "",
): void {
  const [first, ...rest] = subjects;
  if (first === undefined) {
    done(printed(stdout));
    return;
  }
  run(first, (result) => {
    const all = stdout + result.stdout;
    if (result.code === 0) inTurn(rest, run, done, all);
    else done({ ...result, stdout: all });
  });
}

interface AdminCommand {
  readonly verb: string;
  /** `RES`, `RES/VOLUME`, `RES:PEER`. */
  readonly subject: string;
  readonly options: ReadonlyMap<string, string>;
  readonly isEnded: Command["isEnded"];
}

function adminOne(
  kernel: Kernel,
  node: NodeState,
  { verb, subject, options, isEnded }: AdminCommand,
  done: CommandDone,
): void {
  const [, name = "", volume, peer] = /^([^/:]+)(?:\/(\d+))?(?::(.+))?$/.exec(subject) ?? [];
  const resource = node.resource(name);
  const config = resource?.config ?? kernel.world.config.resources.find((config) => config.name === name);
  if (config === undefined || !kernel.world.has(node, config)) {
    done(failed(1, `'${name}' not defined in your config (for this host).`));
  } else if (verb === "sh-ll-dev") {
    done(printed(lowerDevices(node, config, volume)));
  } else if (resource === undefined) {
    if (verb === "up" || verb === "adjust") up(kernel, node, config, broughtUp(name, done));
    else if (verb === "down") done(printed(""));
    else done(failed(FAILED, `${name}: Failure: (158) Unknown resource`));
  } else if (verb === "up") {
    done(failed(1, `${name}: Failure: (161) Minor or volume exists already (delete it first)`));
  } else if (verb === "adjust") {
    adjust(kernel, resource, broughtUp(name, done));
  } else {
    const target: Target = {
      resource,
      isEnded,
      connections: resource.connections.filter((one) => peer === undefined || one.peer.name === peer),
      devices: resource.devices.filter((device) => volume === undefined || String(device.volume) === volume),
    };
    const action = ACTIONS.get(verb);
    if (action === undefined) done(failed(1, `drbdadm: unknown command '${verb}'`));
    action?.(kernel, target, options, (refusal, stdout) => {
      done(refusal === undefined ? printed(stdout) : byDrbdsetup(verb, name, refused(target, refusal)));
    });
  }
}

/** drbdadm runs drbdsetup, and says so when that fails. */
function byDrbdsetup(verb: string, name: string, result: CommandResult): CommandResult {
  const line = `Command 'drbdsetup ${verb} ${name}' terminated with exit code ${result.code}`;
  return { ...result, stderr: `${result.stderr}${line}\n` };
}

/** The backing devices as configured, one a line. */
function lowerDevices(node: NodeState, config: ResourceConfig, volume: string | undefined): string {
  const isDiskless = config.diskless?.includes(node.name) === true;
  return config.volumes.filter((one) => volume === undefined || String(one.volume) === volume)
    .map(({ backingDev }) => `${isDiskless ? "none" : backingDev}\n`).join("");
}
