# Removes the files of the package and of the daemon. Files of administrators (snippets, tokens, keys) stay: they cannot be
# restored, and a purge does not ask.
purge() {
  rm -rf /run/drbdd
  for directory in /etc/drbdd.d /etc/drbdd; do
    rmdir "$directory" 2>/dev/null || true
    if [ -d "$directory" ]; then
      echo "drbdd: keeping $directory, because it has files that are not from the package. To remove them: rm -r $directory"
    fi
  done
  rm -f /etc/systemd/system/*.wants/drbdd.service /etc/systemd/system/*.wants/drbdd-reload.path
  rm -f /var/log/drbdd.log /var/log/drbdd.log.*
  # Services that still run need the drop-ins for the order in which they stop. Those in /run are gone after a boot.
  if [ -d /run/systemd/system ] &&
    [ -n "$(systemctl list-units --no-legend --plain --state=active,activating,deactivating \
      'drbd-services@*.target' 'drbd-services-secondary@*.target')" ]; then
    echo "drbdd: services keep running; their drop-ins in /run/systemd/system stay until the next boot"
  else
    find /run/systemd/system -mindepth 2 -maxdepth 2 \( -path '*.d/drbdd*.conf' -o -path '*.d/drbdd*.env' \) -delete 2>/dev/null || true
    find /run/systemd/system -mindepth 1 -maxdepth 1 -name '*.d' -empty -delete 2>/dev/null || true
  fi
}
