/** Lines of drbdsetup for a node with many resources, and for what changes on it. */

export interface Counts {
  readonly resources: number;
  /** Of each resource. */
  readonly volumes: number;
  /** Of each resource. */
  readonly peers: number;
}

/** The first dump, its end included. */
export function dump(counts: Counts): string {
  return `${all(counts, "exists", 0)}exists -\n`;
}

/** All counters moved. */
export function statistics(counts: Counts, run: number): string {
  return all(counts, "change", run + 1);
}

/** One resource was promoted, or demoted. */
export function role(counts: Counts, run: number): string {
  return resource("change", nameOf((run * 37) % counts.resources), run % 2 === 0 ? "Primary" : "Secondary");
}

/** A resource came that is the first by name, or went. */
export function comesOrGoes(run: number): string {
  return run % 2 === 0 ? resource("create", "a", "Secondary") : "destroy resource name:a\n";
}

function all(counts: Counts, verb: string, moved: number): string {
  const lines: string[] = [];
  for (let place = 0; place < counts.resources; place++) {
    const name = nameOf(place);
    lines.push(resource(verb, name, "Secondary"));
    for (let peer = 1; peer <= counts.peers; peer++) lines.push(connection(verb, name, peer, moved));
    for (let volume = 0; volume < counts.volumes; volume++) {
      lines.push(device(verb, name, volume, place * counts.volumes + volume, moved));
    }
    for (let peer = 1; peer <= counts.peers; peer++) {
      for (let volume = 0; volume < counts.volumes; volume++) {
        lines.push(peerDevice(verb, name, peer, volume, moved));
      }
      lines.push(path(verb, name, peer));
    }
  }
  return lines.join("");
}

function nameOf(place: number): string {
  return `resource-${String(place).padStart(4, "0")}`;
}

function resource(verb: string, name: string, role: string): string {
  const mayPromote = role === "Primary" ? "no" : "yes";
  return `${verb} resource name:${name} role:${role} suspended:no force-io-failures:no write-ordering:flush ` +
    `may_promote:${mayPromote} promotion_score:10103\n`;
}

function connection(verb: string, name: string, peer: number, moved: number): string {
  return `${verb} connection name:${name} peer-node-id:${peer} conn-name:node-${peer} connection:Connected ` +
    `role:Secondary congested:no ap-in-flight:${moved % 8} rs-in-flight:0\n`;
}

function device(verb: string, name: string, volume: number, minor: number, moved: number): string {
  return `${verb} device name:${name} volume:${volume} minor:${minor} backing_dev:/dev/vg0/${name}_${volume} ` +
    `disk:UpToDate client:no open:yes quorum:yes size:10485404 read:${moved * 128 + 7201} ` +
    `written:${moved * 512 + 98113} al-writes:${moved + 12} bm-writes:0 upper-pending:${moved % 3} ` +
    `lower-pending:0 al-suspended:no blocked:no\n`;
}

function peerDevice(verb: string, name: string, peer: number, volume: number, moved: number): string {
  return `${verb} peer-device name:${name} peer-node-id:${peer} conn-name:node-${peer} volume:${volume} ` +
    `replication:Established peer-disk:UpToDate peer-client:no resync-suspended:no received:0 ` +
    `sent:${moved * 512 + 98113} out-of-sync:0 pending:0 unacked:0\n`;
}

function path(verb: string, name: string, peer: number): string {
  return `${verb} path name:${name} peer-node-id:${peer} conn-name:node-${peer} local:ipv4:10.0.0.1:7789 ` +
    `peer:ipv4:10.0.0.${peer + 1}:7789 established:yes\n`;
}
