import { compile, events, http } from '@cairn/dto';
import { expect, test } from '@jest/globals';
import { blocksOf } from './blocks.js';

test('the event that the page shows is one', () => {
  const { text } = blocksOf('docs/events.md').find(({ language }) => language === 'json')!;
  const event = compile(http.Event).parse(JSON.parse(text), 'the example');
  expect(Object.keys(events.EVENT_TYPES)).toContain(event.type);
  const { schema } = events.EVENT_TYPES[event.type as events.EventTypeName];
  expect(compile(schema).check(event.data)).toEqual([]);
  expect(event.dataschema).toBe(http.eventSchemaUri(event.type));
});
