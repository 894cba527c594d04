/** What packages do when they come and go: they enable nothing, and stop no service. */

/** Files of shell functions. */
type Part = "group" | "know_units" | "restart" | "stop" | "purge" | "reactorctl";

/** What is called when another package brings or removes its drbd-reactorctl. */
export const DEB_TRIGGERS = "interest-noawait /usr/sbin/drbd-reactorctl\n";

async function parts(...names: readonly Part[]): Promise<string> {
  const texts = names.map((name) => Deno.readTextFile(`scripts/package/maintainer/${name}.sh`));
  return (await Promise.all(texts)).join("\n");
}

/** By the names that dpkg has for them (deb-postinst(5) and so on). */
export async function debScripts(): Promise<Record<"postinst" | "prerm" | "postrm", string>> {
  const script = (functions: string, body: string) => `#!/bin/sh\nset -e\n\n${functions}\n${body}\n`;
  return {
    postinst: script(
      await parts("group", "know_units", "restart", "reactorctl"),
      // Not systemctl: the administrator may have forbidden it (policy-rc.d).
      `if [ "$1" = configure ]; then\n  make_group\n  give_to_group\n  know_units\n  restart deb-systemd-invoke restart\nfi\n` +
        `if [ "$1" = configure ] || [ "$1" = triggered ]; then offer_reactorctl; fi`,
    ),
    prerm: script(
      await parts("stop", "reactorctl"),
      `if [ "$1" = remove ]; then\n  stop\n  withdraw_reactorctl\nfi`,
    ),
    postrm: script(
      await parts("know_units", "purge"),
      `if [ "$1" = purge ]; then purge; fi\nif [ "$1" = remove ] || [ "$1" = purge ]; then know_units; fi`,
    ),
  };
}

/** Where rpm calls a script: `%post`, or `%triggerin -- PACKAGE`. */
type RpmPlace =
  | "pre"
  | "post"
  | "posttrans"
  | "preun"
  | "postun"
  | "triggerin -- drbd-reactor"
  | "triggerpostun -- drbd-reactor";

/** By the names that rpm has for them. `$1` is how many versions there will be when it is over. */
export async function rpmScripts(): Promise<Record<RpmPlace, string>> {
  const offer = `${await parts("reactorctl")}\noffer_reactorctl`;
  return {
    // Files are given to the group when they are unpacked.
    pre: `${await parts("group")}\nmake_group`,
    post: `${await parts("know_units", "reactorctl")}\nknow_units\noffer_reactorctl`,
    posttrans: `${await parts("restart")}\nrestart systemctl restart`,
    preun: `${await parts("stop", "reactorctl")}\n` +
      `if [ "$1" -eq 0 ]; then\n  stop\n  withdraw_reactorctl\n` +
      `  systemctl --quiet disable drbdd-reload.path drbdd.service 2>/dev/null || true\nfi`,
    postun: `${await parts("know_units")}\nknow_units`,
    "triggerin -- drbd-reactor": offer,
    "triggerpostun -- drbd-reactor": offer,
  };
}
