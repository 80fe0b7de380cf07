import type { LoggedEvent } from '@cairn/dao';
import { http } from '@cairn/dto';

/**
 * An event as all outside see it, whether by list, stream or webhook: CloudEvents 1.0 in JSON. What is of no run, step,
 * attempt or person has no such member.
 */
export function toEnvelope(event: LoggedEvent): http.Event {
  const { id, tenantId, position, type, runId, stepId, attempt, actor, data, createdAt } = event;
  const subject = [runId && `runs/${runId}`, stepId && `steps/${stepId}`].filter(Boolean).join('/');
  return {
    specversion: '1.0',
    id,
    source: `/v1/tenants/${encodeURIComponent(tenantId)}`,
    type,
    ...(subject && { subject }),
    time: createdAt.toISOString(),
    datacontenttype: 'application/json',
    dataschema: http.eventSchemaUri(type),
    tenantid: tenantId,
    position,
    ...(runId !== null && { runid: runId }),
    ...(stepId !== null && { stepid: stepId }),
    ...(attempt !== null && { attempt }),
    ...(actor !== null && { actor }),
    data,
  };
}
