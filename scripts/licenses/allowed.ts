/** Which licences dependencies may have. */
import { idOf } from "./lock.ts";
import type { LicensedPackage } from "./installed.ts";

/** By their SPDX names: permissive ones, which ask for no more than that their text is passed on. */
export const ALLOWED_LICENSES: readonly string[] = [
  "0BSD",
  "Apache-2.0",
  "BSD-2-Clause",
  "BSD-3-Clause",
  "ISC",
  "MIT",
];

/** What is wrong with licences of dependencies, one line each. */
export function licenseComplaints(packages: readonly LicensedPackage[]): string[] {
  return packages.flatMap((one) => {
    const complaints: string[] = [];
    if (!isAllowed(one.license)) {
      const found = one.license === "" ? "it names none" : `it is ${one.license}`;
      complaints.push(
        `npm:${idOf(one)}: the licence of a dependency is on the list: ${found}, expected ${
          ALLOWED_LICENSES.join(", ")
        } (scripts/licenses/allowed.ts)`,
      );
    }
    if (one.text === undefined) {
      complaints.push(`npm:${idOf(one)}: a dependency comes with the text of its licence`);
    }
    return complaints;
  });
}

/** All of "A AND B", one of "A OR B"; both in one, or with parentheses, have to be on the list as they stand. */
function isAllowed(license: string): boolean {
  const isListed = (name: string) => ALLOWED_LICENSES.includes(name);
  if (isListed(license)) return true;
  const [all, any] = [license.split(" AND "), license.split(" OR ")];
  return all.length > 1 && all.every(isListed) || any.length > 1 && any.some(isListed);
}
