# restart COMMAND...: restarts a running daemon; services keep running, and the new daemon manages them. It is not
# restarted if that would stop services, or if the new one would not start. COMMAND restarts a unit.
restart() {
  [ -d /run/systemd/system ] && systemctl --quiet is-active drbdd.service || return 0
  # systemctl shows the arguments without quotes: a path with spaces ends where the next option or the next field begins.
  config=$(systemctl show --value --property=ExecStart drbdd.service |
    sed -n 's/ ; ignore_errors=.*//; /.* \(--config\|-c\)[ =]/{s///; s/ -.*//; p}')
  config=${config:-/etc/drbdd.toml}
  # An old daemon does not report the key in its status, so the files are searched. A match in a comment only means that
    # the daemon is not restarted.
  if { cat "$config"; drbddctl --context none --config "$config" cat; } 2>/dev/null |
    grep -q 'stop-services-on-exit.*true'; then
    echo "drbdd: the daemon was not restarted, as stop-services-on-exit would stop its services. The old version keeps"
        echo "drbdd: running; to restart it: systemctl restart drbdd"
  elif systemctl show --value --property=StatusText drbdd.service | grep -q 'stopping drbdd stops services'; then
    echo "drbdd: the daemon was not restarted, as it would stop its services: stop-services-on-exit was removed from its files,"
        echo "drbdd: but it has not reloaded them. The old version keeps running. To restart it: systemctl reload drbdd; when"
        echo "drbdd: systemctl status drbdd no longer shows 'stopping drbdd stops services': systemctl restart drbdd"
  elif ! said=$(drbddctl --context none --config "$config" check --lenient 2>&1); then
    echo "$said"
    echo "drbdd: the daemon was not restarted, because of its configuration. The old version keeps running. Fix the errors,"
        echo "drbdd: then: systemctl restart drbdd"
  elif ! "$@" drbdd.service; then
    echo "drbdd: the daemon could not be restarted. Services keep running, but are not managed: systemctl status drbdd"
  fi
}
