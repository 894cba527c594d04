# Tells systemd that there are other unit files now.
know_units() {
  if [ -d /run/systemd/system ]; then systemctl --system daemon-reload >/dev/null || true; fi
}
