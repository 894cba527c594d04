import assert from "node:assert/strict";
import { RecordedUpdates } from "../../tests/support/core/recorded_updates.ts";
import type { Update } from "../../src/drbd/model/update.ts";
import { denoEffects } from "../../src/app/deno_effects.ts";
import { silentNotifier } from "../../src/effects/deno/notifier.ts";
import { environmentOf } from "./environment.ts";

const ADDRESSES = "local:ipv4:10.0.0.1:7000 peer:ipv6:[fe80::2%lo]:7000";
const DUMP = [
  "exists resource name:web role:Secondary suspended:no force-io-failures:no may_promote:no promotion_score:100",
  "exists connection name:web peer-node-id:2 conn-name:beta connection:Connecting role:Unknown congested:no",
  "exists device name:web volume:0 minor:1000 backing_dev:/dev/vg/web_0 disk:Inconsistent client:no open:no quorum:no size:2048",
  "exists device name:web volume:3 minor:1003 backing_dev:none disk:Diskless client:yes open:unknown quorum:yes size:4096",
  "exists peer-device name:web peer-node-id:2 conn-name:beta volume:0 replication:Off peer-disk:Outdated peer-client:no resync-suspended:no",
  "exists peer-device name:web peer-node-id:2 conn-name:beta volume:3 replication:Off peer-disk:Outdated peer-client:no resync-suspended:no",
  `exists path name:web peer-node-id:2 conn-name:beta ${ADDRESSES} established:no`,
  "exists -",
];

/** The last update of what the lines bring after the dump. */
function lastOf(...lines: string[]): Update {
  const recorded = new RecordedUpdates();
  recorded.read(...DUMP);
  const update = recorded.read(...lines).at(-1);
  assert.ok(update);
  return update;
}

const FIXED = {
  DRBD_UMH_RULE: "my rule",
  HOME: "/",
  TERM: "Linux",
  PATH: "/sbin:/usr/sbin:/bin:/usr/bin",
};
const WEB = { ...FIXED, DRBD_RES_NAME: "web" };
const VOLUMES = {
  DRBD_MINOR_0: "1000",
  DRBD_BACKING_DEV_0: "/dev/vg/web_0",
  DRBD_MINOR_3: "1003",
  DRBD_BACKING_DEV_3: "none",
};
const PEER = { DRBD_PEER_NODE_ID: "2", DRBD_PEER_NAME: "beta" };
const NO_OUTCOME = { DRBD_HELPER_EXIT_STATUS: "", DRBD_HELPER_SIGNAL: "", DRBD_HELPER_ERRNO: "" };
const fencePeer = (verb: string, status = "") =>
  `${verb} helper name:web peer-node-id:2 conn-name:beta helper:fence-peer${status}`;

const CASES: readonly [what: string, lines: string[], want: Record<string, string>][] = [
  ["a resource", ["change resource name:web role:Primary may_promote:yes promotion_score:10101"], {
    ...WEB,
    ...VOLUMES,
    DRBD_EVENT_TYPE: "Change",
    DRBD_OLD_ROLE: "Secondary",
    DRBD_NEW_ROLE: "Primary",
    DRBD_OLD_MAY_PROMOTE: "false",
    DRBD_NEW_MAY_PROMOTE: "true",
    DRBD_OLD_PROMOTION_SCORE: "100",
    DRBD_NEW_PROMOTION_SCORE: "10101",
  }],
  ["a resource that is new", ["create resource name:db role:Secondary may_promote:yes promotion_score:1"], {
    ...FIXED,
    DRBD_RES_NAME: "db",
    DRBD_EVENT_TYPE: "Create",
    DRBD_OLD_ROLE: "Unknown",
    DRBD_NEW_ROLE: "Secondary",
    DRBD_OLD_MAY_PROMOTE: "false",
    DRBD_NEW_MAY_PROMOTE: "true",
    DRBD_OLD_PROMOTION_SCORE: "0",
    DRBD_NEW_PROMOTION_SCORE: "1",
  }],
  ["a resource that is gone", ["destroy resource name:web"], {
    ...WEB,
    ...VOLUMES,
    DRBD_EVENT_TYPE: "Destroy",
    DRBD_OLD_ROLE: "Secondary",
    DRBD_NEW_ROLE: "Unknown",
    DRBD_OLD_MAY_PROMOTE: "false",
    DRBD_NEW_MAY_PROMOTE: "false",
    DRBD_OLD_PROMOTION_SCORE: "100",
    DRBD_NEW_PROMOTION_SCORE: "0",
  }],
  ["a resource with a new name", ["rename resource name:web new_name:www"], {
    ...WEB,
    ...VOLUMES,
    DRBD_EVENT_TYPE: "Rename",
    DRBD_OLD_RES_NAME: "web",
    DRBD_NEW_RES_NAME: "www",
    DRBD_OLD_ROLE: "Secondary",
    DRBD_NEW_ROLE: "Secondary",
    DRBD_OLD_MAY_PROMOTE: "false",
    DRBD_NEW_MAY_PROMOTE: "false",
    DRBD_OLD_PROMOTION_SCORE: "100",
    DRBD_NEW_PROMOTION_SCORE: "100",
  }],
  ["a device", ["change device name:web volume:0 disk:UpToDate open:yes quorum:yes size:9007199254740993"], {
    ...WEB,
    ...VOLUMES,
    DRBD_EVENT_TYPE: "Change",
    DRBD_VOLUME: "0",
    DRBD_MINOR: "1000",
    DRBD_BACKING_DEV: "/dev/vg/web_0",
    DRBD_OLD_DISK_STATE: "Inconsistent",
    DRBD_NEW_DISK_STATE: "UpToDate",
    DRBD_OLD_CLIENT: "false",
    DRBD_NEW_CLIENT: "false",
    DRBD_OLD_QUORUM: "false",
    DRBD_NEW_QUORUM: "true",
    DRBD_OLD_OPEN: "false",
    DRBD_NEW_OPEN: "true",
    DRBD_OLD_SIZE: "2048",
    DRBD_NEW_SIZE: "9007199254740993",
  }],
  ["a device that is gone, with all that was known of it", ["destroy device name:web volume:3"], {
    ...WEB,
    ...VOLUMES,
    DRBD_EVENT_TYPE: "Destroy",
    DRBD_VOLUME: "3",
    DRBD_MINOR: "1003",
    DRBD_BACKING_DEV: "none",
    DRBD_OLD_DISK_STATE: "Diskless",
    DRBD_NEW_DISK_STATE: "DUnknown",
    DRBD_OLD_CLIENT: "true",
    DRBD_NEW_CLIENT: "false",
    DRBD_OLD_QUORUM: "true",
    DRBD_NEW_QUORUM: "false",
    DRBD_OLD_OPEN: "false",
    DRBD_NEW_OPEN: "false",
    DRBD_OLD_SIZE: "4096",
    DRBD_NEW_SIZE: "0",
  }],
  ["a peer-device, with the local volume below it", [
    "change peer-device name:web peer-node-id:2 conn-name:beta volume:0 replication:SyncSource peer-disk:Inconsistent peer-client:yes resync-suspended:user,peer",
  ], {
    ...WEB,
    ...VOLUMES,
    ...PEER,
    DRBD_EVENT_TYPE: "Change",
    DRBD_VOLUME: "0",
    DRBD_MINOR: "1000",
    DRBD_BACKING_DEV: "/dev/vg/web_0",
    DRBD_OLD_PEER_REPLICATION_STATE: "Off",
    DRBD_NEW_PEER_REPLICATION_STATE: "SyncSource",
    DRBD_OLD_PEER_DISK_STATE: "Outdated",
    DRBD_NEW_PEER_DISK_STATE: "Inconsistent",
    DRBD_OLD_PEER_CLIENT: "false",
    DRBD_NEW_PEER_CLIENT: "true",
    DRBD_OLD_PEER_RESYNC_SUSPENDED: "false",
    DRBD_NEW_PEER_RESYNC_SUSPENDED: "true",
  }],
  ["a connection", [
    "change connection name:web peer-node-id:2 conn-name:beta connection:Connected role:Primary congested:yes",
  ], {
    ...WEB,
    ...VOLUMES,
    ...PEER,
    DRBD_EVENT_TYPE: "Change",
    DRBD_CSTATE: "Connected",
    DRBD_OLD_CONN_NAME: "beta",
    DRBD_NEW_CONN_NAME: "beta",
    DRBD_OLD_CONN_STATE: "Connecting",
    DRBD_NEW_CONN_STATE: "Connected",
    DRBD_OLD_PEER_ROLE: "Unknown",
    DRBD_NEW_PEER_ROLE: "Primary",
    DRBD_OLD_CONGESTED: "false",
    DRBD_NEW_CONGESTED: "true",
  }],
  [
    "a connection that is gone, with its name",
    ["destroy connection name:web peer-node-id:2 conn-name:beta"],
    {
      ...WEB,
      ...VOLUMES,
      ...PEER,
      DRBD_EVENT_TYPE: "Destroy",
      DRBD_CSTATE: "StandAlone",
      DRBD_OLD_CONN_NAME: "beta",
      DRBD_NEW_CONN_NAME: "beta",
      DRBD_OLD_CONN_STATE: "Connecting",
      DRBD_NEW_CONN_STATE: "StandAlone",
      DRBD_OLD_PEER_ROLE: "Unknown",
      DRBD_NEW_PEER_ROLE: "Unknown",
      DRBD_OLD_CONGESTED: "false",
      DRBD_NEW_CONGESTED: "false",
    },
  ],
  ["a path", [`change path name:web peer-node-id:2 conn-name:beta ${ADDRESSES} established:yes`], {
    ...WEB,
    ...VOLUMES,
    ...PEER,
    DRBD_EVENT_TYPE: "Change",
    DRBD_PATH_LOCAL: "ipv4:10.0.0.1:7000",
    DRBD_PATH_PEER: "ipv6:[fe80::2%lo]:7000",
    DRBD_OLD_ESTABLISHED: "false",
    DRBD_NEW_ESTABLISHED: "true",
  }],
  ["a helper that is called", ["call helper name:web volume:0 minor:1000 helper:quorum-lost"], {
    ...WEB,
    ...VOLUMES,
    ...NO_OUTCOME,
    DRBD_EVENT_TYPE: "Call",
    DRBD_HELPER: "quorum-lost",
    DRBD_HELPER_PHASE: "call",
    DRBD_VOLUME: "0",
    DRBD_MINOR: "1000",
    DRBD_BACKING_DEV: "/dev/vg/web_0",
    DRBD_PEER_NODE_ID: "",
    DRBD_PEER_NAME: "",
  }],
];

/** What all updates about `fence-peer` have in their environment. */
const FENCE_PEER = {
  ...WEB,
  ...VOLUMES,
  ...PEER,
  DRBD_HELPER: "fence-peer",
  DRBD_VOLUME: "",
  DRBD_MINOR: "",
  DRBD_BACKING_DEV: "",
};
const RESPONSE = { ...FENCE_PEER, DRBD_EVENT_TYPE: "Response", DRBD_HELPER_PHASE: "response" };
const HELPER_CASES: typeof CASES = [
  ["a helper about a peer", [fencePeer("call")], {
    ...FENCE_PEER,
    ...NO_OUTCOME,
    DRBD_EVENT_TYPE: "Call",
    DRBD_HELPER_PHASE: "call",
  }],
  ["a helper that ended", [fencePeer("response", " status:1792")], {
    ...RESPONSE,
    ...NO_OUTCOME,
    DRBD_HELPER_EXIT_STATUS: "7",
  }],
  ["a helper that ended well", [fencePeer("response", " status:0")], {
    ...RESPONSE,
    ...NO_OUTCOME,
    DRBD_HELPER_EXIT_STATUS: "0",
  }],
  ["a helper that was killed", [fencePeer("response", " status:9")], {
    ...RESPONSE,
    ...NO_OUTCOME,
    DRBD_HELPER_SIGNAL: "9",
  }],
  ["a helper that could not be run", [fencePeer("response", " status:4294967294")], {
    ...RESPONSE,
    ...NO_OUTCOME,
    DRBD_HELPER_ERRNO: "2",
  }],
];

const ALL = [...CASES, ...HELPER_CASES];
const RULE = { label: "my rule", env: {} };

for (const [what, lines, want] of ALL) {
  Deno.test(`environmentOf() has the variables of ${what}, and no others`, () => {
    assert.deepEqual(sorted(environmentOf(RULE, lastOf(...lines))), sorted(want));
  });

  Deno.test({
    name: `a real shell has exactly the environment of ${what}`,
    sanitizeOps: true,
    sanitizeResources: true,
    fn: async () => {
      const { processes } = denoEffects(silentNotifier);
      const env = environmentOf(RULE, lastOf(...lines));
      const { stdout, code } = await processes.run(["/bin/sh", "-c", "env"], { env });
      assert.equal(code, 0);
      const found = stdout.trimEnd().split("\n").map((line): [string, string] => {
        const equals = line.indexOf("=");
        return [line.slice(0, equals), line.slice(equals + 1)];
      });
      // The shell's own: where it is, and what ran last.
      const inherited = found.filter(([name]) => !["PWD", "_", "SHLVL", "OLDPWD"].includes(name));
      assert.deepEqual(sorted(Object.fromEntries(inherited)), sorted(want));
    },
  });
}

Deno.test("environmentOf() lets the rule's variables win over the event's, and nothing over HOME, TERM and PATH", () => {
  const env = {
    DRBD_NEW_ROLE: "mine",
    MINE: "too",
    HOME: "/root",
    TERM: "xterm",
    PATH: "/opt",
    DRBD_UMH_RULE: "x",
  };
  const found = environmentOf({ label: "my rule", env }, lastOf("change resource name:web role:Primary"));
  assert.equal(found["DRBD_NEW_ROLE"], "mine");
  assert.equal(found["MINE"], "too");
  assert.equal(found["DRBD_UMH_RULE"], "x");
  assert.deepEqual([found["HOME"], found["TERM"], found["PATH"]], [FIXED.HOME, FIXED.TERM, FIXED.PATH]);
});

Deno.test("environmentOf() has the volumes as they are after the batch, the event's own as it was at the event", () => {
  const recorded = new RecordedUpdates();
  recorded.read(...DUMP);
  const [failed] = recorded.read(
    "change device name:web volume:0 disk:Failed backing_dev:/dev/vg/web_0",
    "change device name:web volume:0 disk:Diskless backing_dev:none",
  );
  assert.ok(failed);
  const env = environmentOf(RULE, failed);
  assert.equal(env["DRBD_BACKING_DEV"], "/dev/vg/web_0");
  assert.equal(env["DRBD_BACKING_DEV_0"], "/dev/vg/web_0");
});

Deno.test("environmentOf() leaves what is not known empty: the peer of a peer-device that went with its connection", () => {
  const recorded = new RecordedUpdates();
  recorded.read(...DUMP);
  const [peerDevice] = recorded.read("destroy connection name:web peer-node-id:2 conn-name:beta");
  assert.ok(peerDevice);
  const env = environmentOf(RULE, peerDevice);
  assert.equal(env["DRBD_PEER_NODE_ID"], "2");
  assert.equal(env["DRBD_PEER_NAME"], "");
});

function sorted(variables: Record<string, string>): [string, string][] {
  return Object.entries(variables).sort(([a], [b]) => a < b ? -1 : 1);
}
