/** What packages say of themselves. */

export const SUMMARY = "DRBD events to highly available services, scripts and metrics";
export const HOMEPAGE = "https://linbit.com/drbd/";
export const MAINTAINER = "drbdd founders <founders@drbdd.example>";
export const DESCRIPTION = `drbdd runs on every node of a DRBD 9 cluster, reads the event stream of
drbdsetup events2, keeps the state of all resources in memory, and lets
plugins react: one makes services highly available through systemd, one runs
scripts of the administrator, others show the state to Prometheus, SNMP and
HTTP clients.

It replaces drbd-reactor, whose configuration it reads as it is.`;
