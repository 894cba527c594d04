/** Reads the holds of this node from their files. */
import {
  type Hold,
  holdPathOf,
  HOLDS_DIRECTORY,
  isOver,
  readHold,
  resourceOfHold,
} from "../../../plugins/promoter/hold/hold.ts";
import { type Effects, NotFoundError } from "../../effects/effects.ts";

/** The hold of a resource on this node; undefined if there is none. */
export async function holdOf(
  { files, clock }: Pick<Effects, "files" | "clock">,
  resource: string,
): Promise<Hold | undefined> {
  try {
    const hold = readHold(await files.readText(holdPathOf(resource)));
    return isOver(hold, clock.wallMs()) ? undefined : hold;
  } catch (error) {
    return error instanceof NotFoundError ? undefined : readHold("");
  }
}

/** Resources with a hold, confirmed or not; with `reason`, only those with this reason. */
export async function resourcesOnHold(
  effects: Pick<Effects, "files" | "clock">,
  reason?: string,
): Promise<string[]> {
  try {
    const all = (await effects.files.list(HOLDS_DIRECTORY)).flatMap((name) => resourceOfHold(name) ?? []);
    if (reason === undefined) return all;
    const holds = await Promise.all(all.map((name) => holdOf(effects, name)));
    return all.filter((_name, place) => holds[place]?.reason === reason);
  } catch (error) {
    if (error instanceof NotFoundError) return [];
    throw error;
  }
}
