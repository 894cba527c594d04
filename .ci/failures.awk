# What failed, of the log of a step: each test with its place and the first line of its error, each violation of the
# simulation. In lines of at most 300 characters, and so many of them that the record of a run stays readable.
BEGIN { most = 40 }

function tell(text) {
  if (++shown <= most) print substr(text, 1, 300)
}

# Sections of deno test. A log may be of several runs.
/^ ERRORS $/ { isInErrors = 1; hasErrors = 1; next }
/^ FAILURES $/ { isInErrors = 0; next }
isInErrors && / => .*:[0-9]+:[0-9]+$|\(uncaught error\)$/ { tell($0); isReasonDue = 1; next }
isInErrors && isReasonDue && /^error: / { tell("  " $0); isReasonDue = 0; next }

# Where a run came to no summary.
/ \.\.\. .*FAILED( \([^)]*\))*$/ { failed[++count] = $0 }

# deno task sim
/^seed [0-9]+: / { tell($0) }

END {
  if (!hasErrors) for (place = 1; place <= count; place++) tell(failed[place])
  if (shown > most) print "... and " shown - most " lines more"
}
