import type { Gate } from '@cairn/dao';
import type { Verdict } from '@cairn/pipeline';

/** What a gate that is decided gives to later steps. */
export function verdictOf({
  status,
  expired,
  decidedBy,
  comment,
}: Pick<Gate, 'status' | 'expired' | 'decidedBy' | 'comment'>): Verdict {
  return {
    approved: status === 'approved',
    ...(expired ? { expired } : decidedBy !== null && { by: decidedBy }),
    ...(comment !== null && { comment }),
  };
}
