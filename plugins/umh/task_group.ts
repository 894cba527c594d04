/**
 * Commands run in a control group of their own below that of the daemon, where there is one: drbdd.service makes it, with a
 * limit of tasks. A command that forks without end then leaves the daemon room to run systemctl.
 */

/**
 * For a shell, before its command: joins the group. Without one, or where that is refused, the command runs where the
 * daemon does. By built-ins only: it costs no process.
 */
export const JOIN_TASK_GROUP =
  `{ while IFS=: read -r __drbdd_id __drbdd_rest __drbdd_group; do if [ "$__drbdd_id" = 0 ]; then ` +
  `echo 0 >"/sys/fs/cgroup$__drbdd_group/umh/cgroup.procs"; break; fi; done </proc/self/cgroup; } 2>/dev/null; ` +
  "unset __drbdd_id __drbdd_rest __drbdd_group; ";
