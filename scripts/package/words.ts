/** What packages say of themselves, and do when they come and go. */

export const SUMMARY = "DRBD events to highly available services, scripts and metrics";
export const HOMEPAGE = "https://linbit.com/drbd/";
export const MAINTAINER = "The drbdd authors <drbdd@localhost.localdomain>";
export const DESCRIPTION = `drbdd runs on every node of a DRBD 9 cluster, reads the event stream of
drbdsetup events2, keeps the state of all resources in memory, and lets
plugins react: one makes services highly available through systemd, one runs
scripts of the administrator, others show the state to Prometheus, SNMP and
HTTP clients.

It replaces drbd-reactor, whose configuration it reads as it is.`;

const RELOAD = "if [ -d /run/systemd/system ]; then systemctl --system daemon-reload >/dev/null || true; fi";

/** Nothing is enabled, started or restarted; only a removal stops the daemon. Services run on in any case. */
const INSTALLED = `${RELOAD}
if [ -d /run/systemd/system ] && systemctl --quiet is-active drbdd.service; then
  echo "drbdd: the daemon runs on as it was; the new one begins with: systemctl restart drbdd"
fi`;
const REMOVING = `if [ -d /run/systemd/system ]; then
  systemctl --quiet disable --now drbdd.service >/dev/null 2>&1 || true
fi`;

/** Maintainer scripts, by their names in the form of package. */
export function scripts(form: "deb" | "rpm"): Record<string, string> {
  if (form === "rpm") {
    return {
      post: INSTALLED,
      preun: `if [ "$1" -eq 0 ]; then\n${REMOVING}\nfi`,
      postun: RELOAD,
    };
  }
  const script = (body: string) => `#!/bin/sh\nset -e\n${body}\nexit 0\n`;
  return {
    postinst: script(`if [ "$1" = configure ]; then\n${INSTALLED}\nfi`),
    prerm: script(`if [ "$1" = remove ]; then\n${REMOVING}\nfi`),
    postrm: script(`${RELOAD}
if [ "$1" = purge ]; then
  # What the administrator put there stays.
  rmdir --ignore-fail-on-non-empty /etc/drbdd.d /etc/drbdd 2>/dev/null || true
fi`),
  };
}
