/** What packages do when they come and go: they enable nothing, and stop no service. */

/** Shell functions, each of the name of its file. */
type Part = "know_units" | "restart" | "stop" | "purge";

async function parts(...names: readonly Part[]): Promise<string> {
  const texts = names.map((name) => Deno.readTextFile(`scripts/package/maintainer/${name}.sh`));
  return (await Promise.all(texts)).join("\n");
}

/** By the names that dpkg has for them (deb-postinst(5) and so on). */
export async function debScripts(): Promise<Record<"postinst" | "prerm" | "postrm", string>> {
  const script = (functions: string, body: string) => `#!/bin/sh\nset -e\n\n${functions}\n${body}\n`;
  return {
    postinst: script(
      await parts("know_units", "restart"),
      // Not systemctl: the administrator may have forbidden it (policy-rc.d).
      `if [ "$1" = configure ]; then\n  know_units\n  restart deb-systemd-invoke restart\nfi`,
    ),
    prerm: script(await parts("stop"), `if [ "$1" = remove ]; then stop; fi`),
    postrm: script(
      await parts("know_units", "purge"),
      `if [ "$1" = purge ]; then purge; fi\nif [ "$1" = remove ] || [ "$1" = purge ]; then know_units; fi`,
    ),
  };
}

/** By the names that rpm has for them. `$1` is how many versions there will be when it is over. */
export async function rpmScripts(): Promise<Record<"post" | "posttrans" | "preun" | "postun", string>> {
  return {
    post: `${await parts("know_units")}\nknow_units`,
    posttrans: `${await parts("restart")}\nrestart systemctl restart`,
    preun: `${await parts("stop")}\n` +
      `if [ "$1" -eq 0 ]; then\n  stop\n  systemctl --quiet disable drbdd-reload.path drbdd.service 2>/dev/null || true\nfi`,
    postun: `${await parts("know_units")}\nknow_units`,
  };
}
