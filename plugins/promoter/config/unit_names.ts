/** Names of a resource's DRBD units. */
import { escapeUnitName } from "./escape.ts";

export function targetOf(resource: string): string {
  return `drbd-services@${escapeUnitName(resource)}.target`;
}

/** The target of the services that run where the resource is Secondary. Installed by drbdd's package. */
export function secondaryTargetOf(resource: string): string {
  return `drbd-services-secondary@${escapeUnitName(resource)}.target`;
}

export function promoteUnitOf(resource: string): string {
  return `drbd-promote@${escapeUnitName(resource)}.service`;
}

/** The unit started if the demotion by `drbd-promote@NAME.service` fails. */
export function escalateUnitOfPromote(unit: string): string {
  return unit.replace(/^drbd-promote@/, "drbd-demote-or-escalate@");
}

export function escalateUnitOf(resource: string): string {
  return `drbd-demote-or-escalate@${escapeUnitName(resource)}.service`;
}
