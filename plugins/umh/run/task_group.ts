/**
 * Commands run in a control group of their own below the daemon's, if drbdd.service has made one, with a limit of tasks: a command that
 * forks without end leaves the daemon room to run systemctl.
 */

/** Shell code to run before the command: joins the group if possible. Uses built-ins only, so it costs no process. */
export const JOIN_TASK_GROUP =
  `{ while IFS=: read -r __drbdd_id __drbdd_rest __drbdd_group; do if [ "$__drbdd_id" = 0 ]; then ` +
  `echo 0 >"/sys/fs/cgroup$__drbdd_group/umh/cgroup.procs"; break; fi; done </proc/self/cgroup; } 2>/dev/null; ` +
  "unset __drbdd_id __drbdd_rest __drbdd_group; ";
