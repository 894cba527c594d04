/** Disabled snippets, and what is in them. */
import { readDocument } from "../../../config/toml/document.ts";
import { isTable, type Table, valueOf } from "../../../config/toml/table.ts";
import type { Files } from "../../../effects/effects.ts";
import { ConfigFiles } from "../../config/config_files.ts";

/** The disabled snippet that has a promoter's resource of this name, if there is one. One that cannot be read has none. */
export async function disabledFileWith(
  files: Files,
  main: string,
  resource: string,
): Promise<string | undefined> {
  const config = await ConfigFiles.open(files, main);
  for (const { path } of await config.snippets("disabled")) {
    const text = await files.readText(path).catch(() => "");
    if (hasResource(readDocument(path, text).table, resource)) return path;
  }
  return undefined;
}

function hasResource(table: Table, resource: string): boolean {
  return [valueOf(table, "promoter")].flat().some((promoter) => {
    const resources = isTable(promoter) ? valueOf(promoter, "resources") : undefined;
    return isTable(resources) && valueOf(resources, resource) !== undefined;
  });
}
