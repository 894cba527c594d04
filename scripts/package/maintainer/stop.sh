# Services run on: they belong to systemd, and their drop-ins keep the order of their end.
stop() {
  if [ -d /run/systemd/system ]; then
    systemctl --quiet stop drbdd-reload.path drbdd.service 2>/dev/null || true
  fi
}
