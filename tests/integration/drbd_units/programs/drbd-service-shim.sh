#!/bin/sh
# Stand-in for the shim of drbd-utils: drbd-service-shim.sh VERB RESOURCE.
. /usr/lib/drbdd-standin/standin.sh

verb=${1-}
resource=${2-}

# Demotes, or fails so that the unit's FailureAction= takes over. Where the resource is not configured there is nothing to do.
# As with the original, reset-failed gets the name as it is, which is wrong for names that need escaping.
or_escalate() {
  echo "Demoting $resource, or else"
  journalctl --flush --sync
  if ! "$@" && [ "$(drbdsetup events2 --now "$resource")" != "exists -" ]; then
    return 1
  fi
  systemctl reset-failed "drbd-promote@$resource.service" || true
}

plain() {
  step secondary "$resource"
}

plain_or_forced() {
  step secondary "$resource" || step secondary-force "$resource"
}

note begin "$@"
case $verb in
  adjust | down | primary | secondary | secondary-force) step "$verb" "$resource" ;;
  secondary-secondary-force) plain_or_forced ;;
  secondary-or-escalate) or_escalate plain ;;
  secondary-secondary-force-or-escalate) or_escalate plain_or_forced ;;
  *)
    echo "Unknown verb \"$verb\"" >&2
    false
    ;;
esac
status=$?
note "$status" "$@"
exit "$status"
