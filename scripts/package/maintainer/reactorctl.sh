# LINSTOR's satellites, and scripts, call drbd-reactorctl. drbddctl is offered by that name where drbd-reactor is not: as an
# alternative (update-alternatives), which others may take precedence over. A file of that name, or a link that somebody
# else has made, is left alone.
REACTORCTL=/usr/sbin/drbd-reactorctl
ALTERNATIVE=/etc/alternatives/drbd-reactorctl

offer_reactorctl() {
  command -v update-alternatives >/dev/null || return 0
  if [ -L "$REACTORCTL" ] && [ "$(readlink "$REACTORCTL")" = "$ALTERNATIVE" ] ||
    [ ! -e "$REACTORCTL" ] && [ ! -L "$REACTORCTL" ]; then
    update-alternatives --install "$REACTORCTL" drbd-reactorctl /usr/sbin/drbddctl 10 >/dev/null 2>&1 || true
  else
    withdraw_reactorctl
  fi
}

withdraw_reactorctl() {
  command -v update-alternatives >/dev/null || return 0
  update-alternatives --remove drbd-reactorctl /usr/sbin/drbddctl >/dev/null 2>&1 || true
}
