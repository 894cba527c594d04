/** Prepares a resource of a snapshot for the assessment: adds what its counters say. */
import type { Resource } from "../drbd/model/model.ts";
import { peerDeviceStatistics } from "../drbd/model/statistics.ts";
import type { ObservedResource } from "./observed.ts";

export function observe(resource: Resource): ObservedResource {
  return {
    ...resource,
    peerDevices: resource.peerDevices.map((peerDevice) => {
      const { progress, outOfSyncKib } = peerDeviceStatistics(peerDevice);
      return {
        ...peerDevice,
        donePercent: progress?.donePercent,
        outOfSyncKib: outOfSyncKib === undefined ? undefined : Number(outOfSyncKib),
      };
    }),
  };
}
