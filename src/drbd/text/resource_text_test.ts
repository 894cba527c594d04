import assert from "node:assert/strict";
import { apply } from "../../../tests/support/core/apply_lines.ts";
import { describeResource } from "./resource_text.ts";
import { Store } from "../state/store.ts";

Deno.test("describeResource() returns role, disks, quorum, suspension and peers in one line", () => {
  const store = new Store();
  apply(
    store,
    "create resource name:web role:Primary suspended:quorum",
    "create connection name:web peer-node-id:1 conn-name:beta connection:Connected role:Secondary",
    "create connection name:web peer-node-id:2 conn-name: connection:Connecting role:Unknown",
    "create device name:web volume:0 disk:UpToDate quorum:no",
    "create device name:web volume:1 disk:Inconsistent quorum:yes",
    "create peer-device name:web peer-node-id:1 conn-name:beta volume:0 peer-disk:Outdated",
  );
  const resource = store.cluster().get("web");
  assert.ok(resource);
  assert.equal(
    describeResource(resource),
    "web Primary; UpToDate without quorum Inconsistent; suspended by quorum; beta Secondary Outdated; 2 Connecting",
  );
});

Deno.test("describeResource() says so when there is no device", () => {
  const store = new Store();
  apply(store, "create resource name:web role:Secondary suspended:no");
  const resource = store.cluster().get("web");
  assert.ok(resource);
  assert.equal(describeResource(resource), "web Secondary; no device");
});
