import { reasonOf } from './errors.js';
import { grpcStatus, stringMessage } from './grpc-call.js';

const SERVICE = 'temporal.api.workflowservice.v1.WorkflowService';
const NOT_FOUND = 5;

/**
 * Asks a Temporal server without TLS whether it serves, and has a namespace.
 * @returns undefined when it does; else what is missing, in a few words
 */
export async function temporalProblem(address: string, namespace: string): Promise<string | undefined> {
  try {
    const health = await grpcStatus(address, '/grpc.health.v1.Health/Check', stringMessage(SERVICE));
    if (health !== 0) return `its health check answers with gRPC status ${health}`;
    const status = await grpcStatus(address, `/${SERVICE}/DescribeNamespace`, stringMessage(namespace));
    if (status === NOT_FOUND) return `it has no namespace ${namespace}`;
    return status === 0 ? undefined : `it answers about namespace ${namespace} with gRPC status ${status}`;
  } catch (error) {
    return reasonOf(error);
  }
}
