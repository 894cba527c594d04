/** Names of the units of DRBD that a resource has. */
import { escapeUnitName } from "./escape.ts";

export function targetOf(resource: string): string {
  return `drbd-services@${escapeUnitName(resource)}.target`;
}

/** Bundles what runs where the resource is Secondary. It comes with drbdd. */
export function secondaryTargetOf(resource: string): string {
  return `drbd-services-secondary@${escapeUnitName(resource)}.target`;
}

export function promoteUnitOf(resource: string): string {
  return `drbd-promote@${escapeUnitName(resource)}.service`;
}

/** Of `drbd-promote@NAME.service`, the unit that is started when its demotion fails. */
export function escalateUnitOfPromote(unit: string): string {
  return unit.replace(/^drbd-promote@/, "drbd-demote-or-escalate@");
}

export function escalateUnitOf(resource: string): string {
  return `drbd-demote-or-escalate@${escapeUnitName(resource)}.service`;
}
