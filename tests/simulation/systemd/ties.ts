/** Ties units together as their files say. */
import { Target, Ties, type Unit } from "./unit.ts";

/** Makes the ties of `units` those of their files. `find` gives a unit by its name, loading it if need be. */
export function tie(units: Iterable<Unit>, find: (name: string) => Unit): void {
  const all = [...units];
  for (const unit of all) unit.ties = new Ties();
  for (const unit of all) tieOne(unit, find);
}

/** Adds the ties that the file of one more unit says. */
export function tieOne(unit: Unit, find: (name: string) => Unit): void {
  const { file, ties } = unit;
  const each = (key: string, use: (other: Unit) => void) => {
    for (const name of file.units(key)) use(find(name));
  };
  each("Requires", (other) => {
    ties.requires.add(other);
    other.ties.requiredBy.add(unit);
  });
  each("Wants", (other) => ties.wants.add(other));
  each("Requisite", (other) => {
    ties.requisite.add(other);
    other.ties.requisiteOf.add(unit);
  });
  each("BindsTo", (other) => {
    ties.bindsTo.add(other);
    other.ties.boundBy.add(unit);
  });
  each("PartOf", (other) => other.ties.consistsOf.add(unit));
  each("Conflicts", (other) => {
    ties.conflicts.add(other);
    other.ties.conflictedBy.add(unit);
  });
  each("After", (other) => order(other, unit));
  each("Before", (other) => order(unit, other));
  each("OnFailure", (other) => ties.onFailure.add(other));
  if (unit instanceof Target) orderTarget(unit);
}

/** A target comes after what it pulls in, if both want the default dependencies and nobody says otherwise. */
function orderTarget(target: Unit): void {
  if (!hasDefaults(target)) return;
  const { requires, wants, requisite, bindsTo, before } = target.ties;
  for (const other of [...requires, ...wants, ...requisite, ...bindsTo]) {
    if (hasDefaults(other) && !before.has(other)) order(other, target);
  }
}

function hasDefaults({ file }: Unit): boolean {
  return file.last("Unit.DefaultDependencies") !== "no";
}

function order(first: Unit, second: Unit): void {
  first.ties.before.add(second);
  second.ties.after.add(first);
}
