/** Resources of sample lines, as the daemon knows them and as the API answers them. */
import assert from "node:assert/strict";
import type { Resource as ResourceJson } from "../../plugins/api/page/types.ts";
import { resourceToJson } from "../../plugins/api/resource_json.ts";
import type { Resource } from "../../src/drbd/model.ts";
import { EventStream } from "../../src/drbd/stream.ts";
import { take } from "./fed.ts";
import { type Sample, sampleDump } from "./sample_lines.ts";

export function modelResource(sample: Sample, change: (line: string) => string = (line) => line): Resource {
  const stream = new EventStream();
  take(stream, ...sampleDump(sample).map(change));
  const resource = stream.cluster().get(sample.name);
  assert.ok(resource);
  return resource;
}

export function resourceJson(sample: Sample): ResourceJson {
  return JSON.parse(resourceToJson(modelResource(sample), 0));
}
