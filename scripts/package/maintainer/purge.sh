# What the package brought is removed, and what the daemon made. What administrators wrote (snippets, tokens, keys) stays:
# it cannot be had back, and a purge asks nobody.
purge() {
  rm -rf /run/drbdd
  for directory in /etc/drbdd.d /etc/drbdd; do
    rmdir "$directory" 2>/dev/null || true
    if [ -d "$directory" ]; then
      echo "drbdd: $directory stays, as there are files that the package has not brought. To remove them: rm -r $directory"
    fi
  done
  rm -f /etc/systemd/system/*.wants/drbdd.service /etc/systemd/system/*.wants/drbdd-reload.path
  rm -f /var/log/drbdd.log /var/log/drbdd.log.*
  # Services that still run need the drop-ins for the order of their end. Those in /run are gone after a boot.
  if [ -d /run/systemd/system ] &&
    [ -n "$(systemctl list-units --no-legend --plain --state=active,activating,deactivating 'drbd-services@*.target')" ]; then
    echo "drbdd: services run on; their drop-ins in /run/systemd/system stay until the next boot"
  else
    find /run/systemd/system -mindepth 2 -maxdepth 2 \( -path '*.d/drbdd*.conf' -o -path '*.d/drbdd*.env' \) -delete 2>/dev/null || true
    find /run/systemd/system -mindepth 1 -maxdepth 1 -name '*.d' -empty -delete 2>/dev/null || true
  fi
}
