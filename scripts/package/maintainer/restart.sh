# restart COMMAND...: a daemon that runs is restarted, as those of other packages are; it finds its services running and
# looks after them. It is left alone where that would do harm: where services are stopped with it, and where the new one
# would not start. COMMAND restarts a unit.
restart() {
  [ -d /run/systemd/system ] && systemctl --quiet is-active drbdd.service || return 0
  # systemctl shows the arguments without quotes: a path with spaces ends where the next option or the next field begins.
  config=$(systemctl show --value --property=ExecStart drbdd.service |
    sed -n 's/ ; ignore_errors=.*//; /.* \(--config\|-c\)[ =]/{s///; s/ -.*//; p}')
  config=${config:-/etc/drbdd.toml}
  # The files say what a daemon may hold that is too old to tell. A comment is taken for the key: better not restarted
  # once too often.
  if { cat "$config"; drbddctl --context none --config "$config" cat; } 2>/dev/null |
    grep -q 'stop-services-on-exit.*true'; then
    echo "drbdd: the daemon was not restarted, as stop-services-on-exit would stop its services. It runs on in its former"
    echo "drbdd: version until: systemctl restart drbdd"
  elif systemctl show --value --property=StatusText drbdd.service | grep -q 'stopping drbdd stops services'; then
    echo "drbdd: the daemon was not restarted, as it would stop its services: stop-services-on-exit is out of its files, but"
    echo "drbdd: it has not read them since. It runs on in its former version until: systemctl reload drbdd; then, when"
    echo "drbdd: systemctl status drbdd does not say 'stopping drbdd stops services' any more: systemctl restart drbdd"
  elif ! said=$(drbddctl --context none --config "$config" check --lenient 2>&1); then
    echo "$said"
    echo "drbdd: the daemon was not restarted, because of its configuration. It runs on in its former version until that is"
    echo "drbdd: mended, and: systemctl restart drbdd"
  elif ! "$@" drbdd.service; then
    echo "drbdd: the daemon could not be restarted. Services run on, but nobody looks after them: systemctl status drbdd"
  fi
}
