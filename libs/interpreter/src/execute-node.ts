import type { GraphNode, SettledStep } from '@cairn/pipeline/run-time';
import { awaitGate } from './await-gate.js';
import { executeChild } from './execute-child.js';
import { executeMap } from './execute-map.js';
import { executeStep } from './execute-step.js';
import type { Surroundings } from './surroundings.js';

/**
 * What comes of a node that is ready and not in the cache.
 * @throws ActivityFailure, ChildWorkflowFailure, ApplicationFailure when it has failed for good
 */
export function executeNode(node: GraphNode, around: Surroundings): Promise<SettledStep> {
  switch (node.kind) {
    case 'step':
      return executeStep(node, around);
    case 'map':
      return executeMap(node, around);
    case 'child':
      return executeChild(node, around);
    case 'gate':
      return awaitGate(node, around);
  }
}
