import { expect, test } from '@jest/globals';
import { compile } from '../validate.js';
import { EVENT_TYPES, type EventType } from './index.js';

const types: readonly (readonly [string, EventType])[] = Object.entries(EVENT_TYPES);

test('types are named by their subject and what became of it', () => {
  for (const [type] of types) expect(type).toMatch(/^[a-z]+\.[a-z_]+$/);
});

test('each says in one sentence when it is written', () => {
  for (const [, { says }] of types) expect(says).toMatch(/^[A-Z][^\n]{10,200}\.$/);
});

test('each has a schema that compiles, and refuses what it does not name', () => {
  for (const [type, { schema }] of types) {
    const issues = compile(schema).check({ unheardOf: 1 });
    expect([type, issues]).toEqual([
      type,
      expect.arrayContaining([expect.objectContaining({ path: '/unheardOf' })]),
    ]);
  }
});
