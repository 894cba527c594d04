/** What drbdsetup and drbdadm both can ask of a resource, its connections or its devices. */
import { connect } from "./bring_up.ts";
import { attach, detach } from "../changes/disks.ts";
import type { ConnectionObject, DeviceObject, ResourceObject } from "../kernel/objects.ts";
import { changeOptions } from "./options.ts";
import { demote, type Done, promote, skipInitialSync } from "../changes/roles.ts";
import { disconnect, down } from "./take_down.ts";
import type { Kernel, Refusal } from "../kernel/transaction.ts";

/** What a command is about; connections and devices as far as it names any. */
export interface Target {
  readonly resource: ResourceObject;
  readonly connections: readonly ConnectionObject[];
  readonly devices: readonly DeviceObject[];
  /** Of a rename. */
  readonly newName?: string;
  readonly isEnded?: (() => boolean) | undefined;
}

/** An action ends with a refusal or with what is printed. */
export type ActionDone = (refusal: Refusal | undefined, stdout: string) => void;

type Options = ReadonlyMap<string, string>;
type Action = (kernel: Kernel, target: Target, options: Options, done: ActionDone) => void;

/** An action that is done at once. */
function simply(act: (kernel: Kernel, target: Target, options: Options) => string | void): Action {
  return (kernel, target, options, done) => done(undefined, act(kernel, target, options) ?? "");
}

/** An action that ends some time, or is refused. */
function lasting(act: (kernel: Kernel, target: Target, options: Options, done: Done) => void): Action {
  return (kernel, target, options, done) => act(kernel, target, options, (refusal) => done(refusal, ""));
}

function suspendUser(suspended: boolean): Action {
  return simply((kernel, { resource }) => {
    kernel.change(resource, () => resource.is.suspendedUser = suspended);
  });
}

/** By the commands' verbs. */
export const ACTIONS: ReadonlyMap<string, Action> = new Map([
  ["role", simply((_, { resource }) => `${resource.is.role}\n`)],
  [
    "primary",
    lasting((kernel, { resource, isEnded }, options, done) =>
      promote(kernel, resource, { force: options.has("force"), isEnded }, done)
    ),
  ],
  [
    "secondary",
    lasting((kernel, { resource }, options, done) =>
      demote(kernel, resource, { force: options.has("force") }, done)
    ),
  ],
  ["down", lasting((kernel, { resource }, _, done) => down(kernel, resource, done))],
  [
    "connect",
    simply((kernel, { connections }) => {
      for (const connection of connections) connect(kernel, connection);
    }),
  ],
  [
    "disconnect",
    lasting((kernel, { connections }, options, done) => {
      each(connections, (one, next) => disconnect(kernel, one, options.has("force"), next), done);
    }),
  ],
  [
    "attach",
    lasting((kernel, { devices }, _, done) => each(devices, (one, next) => attach(kernel, one, next), done)),
  ],
  [
    "detach",
    lasting((kernel, { devices }, _, done) => each(devices, (one, next) => detach(kernel, one, next), done)),
  ],
  ["suspend-io", suspendUser(true)],
  ["resume-io", suspendUser(false)],
  ["net-options", simply((kernel, { resource }, options) => changeOptions(kernel, resource, options))],
  ["resource-options", simply((kernel, { resource }, options) => changeOptions(kernel, resource, options))],
  [
    "new-current-uuid",
    lasting((kernel, { devices }, _, done) => {
      each(devices, (device, next) => next(skipInitialSync(kernel, device)), done);
    }),
  ],
  ["rename-resource", simply((kernel, { resource, newName }) => rename(kernel, resource, newName))],
]);

/** One after the other; the first refusal ends it. */
function each<Item>(
  items: readonly Item[],
  go: (item: Item, next: Done) => void,
  done: Done,
): void {
  const [first, ...rest] = items;
  if (first === undefined) {
    done(undefined);
    return;
  }
  go(first, (refusal) => {
    if (refusal === undefined) each(rest, go, done);
    else done(refusal);
  });
}

function rename(kernel: Kernel, resource: ResourceObject, newName: string | undefined): void {
  if (newName === undefined) return;
  const oldName = resource.name;
  resource.name = newName;
  for (const listener of kernel.world.nodeOf(resource).listeners) listener.rename(resource, oldName);
}
