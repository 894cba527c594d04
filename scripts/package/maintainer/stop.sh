# Services keep running: they belong to systemd, and their drop-ins keep the order in which they stop.
stop() {
  if [ -d /run/systemd/system ]; then
    systemctl --quiet stop drbdd-reload.path drbdd.service 2>/dev/null || true
  fi
  # Its RuntimeDirectory outlives the daemon. Marks of promotions whose services still run, and holds, stay.
  unlink /run/drbdd/configuration.json 2>/dev/null || true
  unlink /run/drbdd/loaded.toml 2>/dev/null || true
  unlink /run/drbdd/decisions.json 2>/dev/null || true
  unlink /run/drbdd/last-starts.json 2>/dev/null || true
  unlink /run/drbdd/split-brains.json 2>/dev/null || true
  unlink /run/drbdd/daemons/lock 2>/dev/null || true
  unlink /run/drbdd/hold-in-force.json 2>/dev/null || true
  unlink /run/drbdd/starts 2>/dev/null || true
  rmdir /run/drbdd/daemons /run/drbdd/promoted /run/drbdd/hold /run/drbdd 2>/dev/null || true
}
