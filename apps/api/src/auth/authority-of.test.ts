import { readConfiguration } from '@cairn/configuration';
import { createDataSource } from '@cairn/dao';
import { expect, test } from '@jest/globals';
import { authorityOf } from './authority-of.js';

// Never connected.
const dataSource = createDataSource({ url: 'postgres://127.0.0.1:9/none' });
const authorityWith = (env: Record<string, string>) => authorityOf(readConfiguration(env), dataSource);

test.each(['127.0.0.1', '127.1.2.3', 'localhost', '::1'])('at %s no keys are needed', CAIRN_HOST => {
  expect(authorityWith({ CAIRN_HOST }).local).toBe(true);
});

test.each(['0.0.0.0', '::', '10.0.0.1', 'cairn.example', '127.0.0.1.example'])(
  'at %s others get in: without an operator key it is not started',
  CAIRN_HOST => {
    expect(() => authorityWith({ CAIRN_HOST })).toThrow(
      `CAIRN_HOST is "${CAIRN_HOST}", where others than this machine reach the API: set CAIRN_OPERATOR_KEY, so that requests need keys, or CAIRN_HOST to 127.0.0.1`,
    );
    expect(authorityWith({ CAIRN_HOST, CAIRN_OPERATOR_KEY: 'k'.repeat(32) }).local).toBe(false);
  },
);

test('with an operator key this machine needs keys too', () => {
  expect(authorityWith({ CAIRN_OPERATOR_KEY: 'k'.repeat(32) }).local).toBe(false);
});
