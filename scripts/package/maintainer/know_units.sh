# Makes systemd reload unit files.
know_units() {
  if [ -d /run/systemd/system ]; then systemctl --system daemon-reload >/dev/null || true; fi
}
