import type { RunStart } from '@cairn/engine';
import {
  defineSearchAttributeKey,
  TypedSearchAttributes,
  type SearchAttributePair,
} from '@temporalio/common';
import type { Client } from '@temporalio/client';
import { temporalCall } from './temporal-call.js';

/** By these operators find runs in Temporal's UI; the namespace must have them. */
export const SEARCH_ATTRIBUTES = {
  CairnTenant: 'Keyword',
  CairnRunId: 'Keyword',
  CairnTags: 'KeywordList',
} as const;
export const TENANT = defineSearchAttributeKey('CairnTenant', 'KEYWORD');
export const RUN_ID = defineSearchAttributeKey('CairnRunId', 'KEYWORD');
const TAGS = defineSearchAttributeKey('CairnTags', 'KEYWORD_LIST');

export function searchAttributesOf({ tenantId, runId, tags }: RunStart): TypedSearchAttributes {
  const pairs: SearchAttributePair[] = [
    { key: TENANT, value: tenantId },
    { key: RUN_ID, value: runId },
  ];
  if (tags.length > 0) pairs.push({ key: TAGS, value: [...tags] });
  return new TypedSearchAttributes(pairs);
}

/**
 * The command that registers the search attributes which the namespace lacks; undefined when it has them all.
 * @throws TemporalUnavailableError
 */
export async function missingSearchAttributes(
  client: Client,
  namespace: string,
): Promise<string | undefined> {
  const { customAttributes } = await temporalCall(client, () =>
    client.connection.operatorService.listSearchAttributes({ namespace }),
  );
  const missing = Object.entries(SEARCH_ATTRIBUTES).filter(
    ([name]) => !Object.hasOwn(customAttributes, name),
  );
  if (missing.length === 0) return undefined;
  const options = missing.map(([name, type]) => `--name ${name} --type ${type}`).join(' ');
  return `temporal operator search-attribute create --namespace ${namespace} ${options}`;
}
