/** Templates of new files. */

export const TYPES = ["promoter", "prometheus", "agentx", "umh", "debugger", "api"] as const;
export type Type = typeof TYPES[number];

/** For editors that check and complete TOML: the path of the installed schema. */
export const SCHEMA_LINE = "#:schema file:///usr/share/drbdd/drbdd.schema.json\n";

/** `name` is the name of the file, used as that of the resource. */
export function templateOf(type: Type, name: string): string {
  return SCHEMA_LINE + TEMPLATES[type](JSON.stringify(name), name);
}

const TEMPLATES: Readonly<Record<Type, (quoted: string, name: string) => string>> = {
  promoter: (quoted, name) =>
    `# What runs where the DRBD resource ${name} is Primary. The same file on all nodes; drbdd-promoter(5) has every key.
[[promoter]]
[promoter.resources.${/^[A-Za-z0-9_-]+$/.test(name) ? name : quoted}]
# Units in the order in which they are started, none of them enabled by itself. Not a mount as the last one.
start = [
  # "srv-${plainName(name)}.mount",
  # "ocf:heartbeat:IPaddr2 vip ip=192.0.2.10 cidr_netmask=24",
  "${plainName(name)}.service",
]
# A node that cannot let go of the data is restarted, so that a peer can take over.
# on-drbd-demote-failure = "reboot-immediate"
# What to do with a unit that has failed for good: "ignore", "restart" or "fail-over".
# on-service-failure = "restart"
# preferred-nodes = ["alpha", "bravo"]
`,
  prometheus: () =>
    `# Metrics for a Prometheus server; drbdd-prometheus(5) has every key.
[[prometheus]]
address = ":9942"
# States as well, one series for each possible word.
enums = true
`,
  agentx: () =>
    `# Serves the state through snmpd, which needs "master agentx" in snmpd.conf; drbdd-agentx(5) has every key.
[[agentx]]
address = "localhost:705"
# cache-max = 60      # seconds that an answer may be old
# agent-timeout = 60  # seconds that snmpd waits for one
# peer-states = true
`,
  umh: () =>
    `# Commands that are run when something happens; drbdd-umh(5) has every key and variable.
[[umh]]

[[umh.resource]]
name = "became Primary here"
command = '''
logger "$DRBD_RES_NAME is Primary on $(uname -n) now, it was $DRBD_OLD_ROLE"
'''
event-type = "Change"
old.role = { operator = "NotEquals", value = "Primary" }
new.role = "Primary"
timeout = 60
`,
  debugger: () =>
    `# Logs every update; needs a [[log]] with level = "debug"; drbdd-debugger(5) has every key.
[[debugger]]
# format = "json"
# resources = ["web"]
`,
  api: () =>
    `# The state as JSON and as a web page, for programs of this node; drbdd-api(5) has every key.
#   curl --unix-socket /run/drbdd/api.sock http://localhost/api/v1/resources
[[api]]
address = "unix:/run/drbdd/api.sock"
`,
};

/** Escaped as a part of a unit name. */
function plainName(name: string): string {
  return name.replaceAll(/[^A-Za-z0-9_]/g, "_");
}
