# Members of this group have read access without being root: to the configuration and to /run/drbdd.
make_group() {
  getent group drbdd >/dev/null || groupadd --system drbdd
}
# Administrators can change this with dpkg-statoverride.
give_to_group() {
  for path in /etc/drbdd.toml /etc/drbdd.d; do
    if [ "$(stat --format=%G "$path" 2>/dev/null)" = root ] && ! dpkg-statoverride --list "$path" >/dev/null; then
      chgrp drbdd "$path"
    fi
  done
}
