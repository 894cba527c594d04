/** What all nodes of a simulated cluster share. */
import type { Model } from "../../model/model.ts";
import type { Random } from "../../model/random.ts";
import type { ClusterClock } from "../clock.ts";
import type { MachineObserver } from "./observer.ts";
import type { ClusterSpec } from "../setup/spec.ts";
import type { Trace } from "../trace.ts";
import type { UnitTexts } from "../setup/unit_texts.ts";
import type { Defect } from "./defect.ts";

export interface MachineWorld<Node> {
  readonly spec: ClusterSpec;
  readonly clock: ClusterClock;
  readonly model: Model;
  readonly random: Random;
  readonly trace: Trace;
  readonly units: UnitTexts;
  readonly observer: MachineObserver<Node>;
  /** What is wrong with every drbdd on purpose. */
  readonly defect: Defect;
}
