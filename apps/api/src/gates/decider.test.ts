import { expect, test } from '@jest/globals';
import { LOCAL_CALLER, type Caller } from '../auth/caller.js';
import { deciderOf } from './decider.js';

const KEY: Caller = {
  ...LOCAL_CALLER,
  ...{ tenantId: 'acme', role: 'approver', name: 'ada', keyId: '0197f4c2-0000-7000-8000-000000000000' },
  operates: false,
};
const request = { approve: true, digest: `sha256:${'0'.repeat(64)}`, role: 'legal' };

test('a key decides in its own name, whatever the request says', () => {
  expect(deciderOf({ ...request, by: 'somebody else' }, KEY)).toEqual({ by: 'ada', role: 'legal' });
  expect(deciderOf(request, KEY)).toEqual({ by: 'ada', role: 'legal' });
});

test.each([
  [['legal', 'brand'], 'legal', undefined],
  [['brand'], 'legal', 'The key decides on gates as brand, not as legal'],
  [[], 'legal', 'The key decides on gates as nobody, not as legal'],
])('a key with the gate roles %j decides as %s', (gateRoles, role, refusal) => {
  const decide = () => deciderOf({ ...request, role }, { ...KEY, gateRoles });
  if (refusal === undefined) expect(decide()).toEqual({ by: 'ada', role });
  else expect(decide).toThrow(expect.objectContaining({ code: 'ROLE_MISSING', message: refusal }));
});

test('without keys it is who they say, and they have to say it', () => {
  expect(deciderOf({ ...request, by: 'bob' }, LOCAL_CALLER)).toEqual({ by: 'bob', role: 'legal' });
  expect(() => deciderOf(request, LOCAL_CALLER)).toThrow(
    expect.objectContaining({ code: 'VALIDATION_ERROR', issues: [expect.objectContaining({ path: '/by' })] }),
  );
});
