import { expect, test } from '@jest/globals';
import { createLog } from './create-log.js';
import { withLogFields } from './log-fields.js';

function logged(write: (log: ReturnType<typeof createLog>) => void): Record<string, unknown>[] {
  const lines: string[] = [];
  write(createLog('cairn-test', 'info', { write: line => void lines.push(line) }));
  return lines.map(line => JSON.parse(line) as Record<string, unknown>);
}

test('every line says whose work it is about, as it is known then', async () => {
  let keyId: string | undefined;
  const lines = await new Promise<Record<string, unknown>[]>(resolve =>
    resolve(
      logged(log =>
        withLogFields(
          () => ({ tenantId: 'acme', ...(keyId && { keyId }) }),
          () => {
            log.info('first');
            keyId = 'k1';
            withLogFields(
              () => ({ runId: 'r1', tenantId: 'inner' }),
              () => log.warn({ tenantId: 'own', more: 1 }, 'second'),
            );
          },
        ),
      ),
    ),
  );
  expect(lines).toMatchObject([
    { name: 'cairn-test', level: 30, tenantId: 'acme', msg: 'first' },
    { level: 40, tenantId: 'own', runId: 'r1', keyId: 'k1', more: 1, msg: 'second' },
  ]);
  expect(lines[0]).not.toHaveProperty('keyId');
});

test('errors are told without the values of their statements', () => {
  const cause = Object.assign(new Error('duplicate key'), { code: '23505', parameters: ['a secret'] });
  const error = Object.assign(new Error('insert failed', { cause }), { parameters: ['a secret'] });
  const lines = logged(log => log.error({ err: error }, 'a request failed'));
  expect(lines[0]).toMatchObject({
    err: { type: 'Error', message: 'insert failed', cause: { message: 'duplicate key', code: '23505' } },
  });
  expect(JSON.stringify(lines)).not.toContain('a secret');
});
