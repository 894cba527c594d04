/** A sandbox in memory: what was not kept when all else was given back is unavailable. */
import { isWithin, type Kept, type Needs, type Permissions } from "../../../src/effects/permissions.ts";

export class SimulatedPermissions implements Permissions {
  /** Undefined until something was given back. */
  kept: Kept | undefined;
  isNetworkPassedOn = false;

  /** Writing is possible in these places only. */
  constructor(readonly writable: readonly string[] = ["/"]) {}

  keepOnly({ run = [], read = [], write = [], net = false }: Needs): Promise<Kept> {
    const isWritable = (path: string) => this.writable.some((place) => isWithin(path, place));
    this.kept = { run, read, write: write.filter(isWritable), net };
    return Promise.resolve(this.kept);
  }

  passOnNetwork(): Promise<boolean> {
    this.isNetworkPassedOn = true;
    return Promise.resolve(this.kept !== undefined);
  }

  missing({ run = [], read = [], write = [], net = false }: Needs): Promise<readonly string[]> {
    const { kept } = this;
    if (kept === undefined) return Promise.resolve([]);
    const lacks = (places: readonly string[]) => (path: string) =>
      !places.some((place) => isWithin(path, place));
    return Promise.resolve([
      ...run.filter((program) => !kept.run.includes(program)).map((program) => `run ${program}`),
      ...read.filter(lacks(kept.read)).map((path) => `read "${path}"`),
      ...write.filter(lacks(kept.write)).map((path) => `write "${path}"`),
      ...(net && !kept.net && !this.isNetworkPassedOn ? ["use the network"] : []),
    ]);
  }
}
