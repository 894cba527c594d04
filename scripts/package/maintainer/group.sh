# Members of this group may look without being root: they read the configuration, and what is in /run/drbdd.
make_group() {
  getent group drbdd >/dev/null || groupadd --system drbdd
}
# An administrator who wants it otherwise says so by dpkg-statoverride.
give_to_group() {
  for path in /etc/drbdd.toml /etc/drbdd.d; do
    if [ "$(stat --format=%G "$path" 2>/dev/null)" = root ] && ! dpkg-statoverride --list "$path" >/dev/null; then
      chgrp drbdd "$path"
    fi
  done
}
