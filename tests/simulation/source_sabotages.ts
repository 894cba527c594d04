/** Mendings that are taken out of drbdd's sources, as they are in nothing that can be changed from outside. */
import type { Sabotage, SourceChange } from "./sabotage.ts";

interface SourceSabotage extends Omit<Sabotage, "make"> {
  readonly change: SourceChange;
}

const CHANGES: readonly SourceSabotage[] = [
  {
    name: "waits-for-ever",
    what: "a call of systemctl has no time limit, and is not asked again",
    profile: "hangs",
    change: {
      file: "plugins/promoter/systemd/units/systemctl.ts",
      find: "return RELOADS.includes(verb) ? RELOAD_MS : ANSWER_MS;",
      replacement: "return Infinity;",
    },
  },
  {
    name: "trusts-what-it-finds",
    what: "services that are found without their Primary get 20 s",
    profile: "holds",
    change: {
      file: "plugins/promoter/decide/apply_input.ts",
      find: `(services === "ending" || !isStale)`,
      replacement: `services === "ending"`,
    },
  },
];

export const SOURCE_SABOTAGES: readonly (SourceSabotage & Sabotage)[] = CHANGES.map((each) => ({
  ...each,
  make: () => ({}),
}));
