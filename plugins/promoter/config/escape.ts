/** Escaping for names of systemd units, as systemd-escape(1) does. */

/**
 * Escapes a text for use in a unit's name: `/` becomes `-`; letters, digits, `:`, `_` and `.` stay, but for a leading
 * `.`; all other bytes of its UTF-8 become `\xNN`.
 */
export function escapeUnitName(text: string): string {
  let escaped = "";
  for (const [index, byte] of new TextEncoder().encode(text).entries()) {
    const character = String.fromCharCode(byte);
    if (character === "/") escaped += "-";
    else if (/[A-Za-z0-9:_]/.test(character) || (character === "." && index > 0)) escaped += character;
    else escaped += `\\x${byte.toString(16).padStart(2, "0")}`;
  }
  return escaped;
}

/**
 * Escapes an absolute path like `systemd-escape --path`: without leading, trailing and double slashes; `-` for the root.
 * Undefined for a path with `..`, which has no unit.
 */
export function escapePath(path: string): string | undefined {
  const parts = path.split("/").filter((part) => part !== "" && part !== ".");
  if (parts.includes("..")) return undefined;
  return parts.length === 0 ? "-" : escapeUnitName(parts.join("/"));
}
