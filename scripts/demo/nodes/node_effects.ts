/** The world of one node of the demo: a name of its own, and a folder instead of the root for what all nodes would share. */
import { denoEffects } from "../../../src/app/deno_effects.ts";
import { denoFiles } from "../../../src/effects/deno/files.ts";
import { silentNotifier } from "../../../src/effects/deno/notifier.ts";
import type { Effects, Files } from "../../../src/effects/effects.ts";

/** What a node has for itself. Everything else, the configuration too, is named by paths that no other node has. */
const OWN_PLACES = [
  "/run/drbdd",
  "/run/systemd",
  "/etc/systemd",
  "/usr/lib/drbd",
  "/lib/drbd",
  "/usr/lib/ocf",
  "/sys/fs/cgroup",
  "/dev",
];
const DEVICES = "/dev/";

/** The effects of a node whose files are below `root`. */
export function nodeEffects(node: string, root: string): Effects {
  return { ...denoEffects(silentNotifier), nodeName: () => node, files: filesBelow(root, denoFiles) };
}

/** Files, where those that belong to a node are below its root. Devices are plain files there. */
export function filesBelow(root: string, files: Files): Files {
  const at = (path: string) =>
    OWN_PLACES.some((place) => path === place || path.startsWith(`${place}/`)) ? root + path : path;
  return {
    readText: (path) => files.readText(at(path)),
    writeTextAtomic: (path, text, mode) => files.writeTextAtomic(at(path), text, mode),
    list: (directory) => files.list(at(directory)),
    stat: async (path) => {
      const info = await files.stat(at(path));
      return info?.isFile === true && path.startsWith(DEVICES)
        ? { ...info, isFile: false, isBlockDevice: true }
        : info;
    },
    makeDirectory: (path) => files.makeDirectory(at(path)),
    remove: (path) => files.remove(at(path)),
    rename: (from, to) => files.rename(at(from), at(to)),
    realPath: (path) => files.realPath(at(path)),
  };
}
