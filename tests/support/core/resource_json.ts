/** Resources of sample lines, as the daemon knows them and as the API answers them. */
import assert from "node:assert/strict";
import type { Resource as ResourceJson } from "../../../plugins/api/page/scripts/types.ts";
import { resourceToJson } from "../../../plugins/api/json/resource_json.ts";
import type { Resource } from "../../../src/drbd/model/model.ts";
import { assess } from "../../../src/health/assess.ts";
import { observe } from "../../../src/health/observe.ts";
import type { Observed } from "../../../src/health/observed.ts";
import { EventStream } from "../../../src/drbd/state/stream.ts";
import { take } from "./take_lines.ts";
import { type Sample, sampleDump } from "./sample_lines.ts";

export function modelResource(sample: Sample, change: (line: string) => string = (line) => line): Resource {
  const stream = new EventStream();
  take(stream, ...sampleDump(sample).map(change));
  const resource = stream.cluster().get(sample.name);
  assert.ok(resource);
  return resource;
}

/** `observed`: what is known beside the resource. */
export function resourceJson(
  sample: Sample,
  observed: Partial<Observed> = {},
  change?: (line: string) => string,
): ResourceJson {
  return jsonOf(modelResource(sample, change), observed);
}

export function jsonOf(resource: Resource, observed: Partial<Observed> = {}): ResourceJson {
  const health = assess({ name: resource.name, resource: observe(resource), ...observed });
  return JSON.parse(resourceToJson(resource, 0, health, undefined));
}
