import { expect, test } from '@jest/globals';
import { Type } from 'typebox';
import { inputSchema } from './input-schema.js';
import { closed } from './types/scalars.js';
import { compile } from './validate.js';
import { CampaignTrigger } from './workflows/campaign-trigger.dto.js';

test('a field with a default need not be written, at any level', () => {
  const schema = closed({
    id: Type.String(),
    size: Type.Integer({ default: 1 }),
    inner: closed({ a: Type.String({ default: 'x' }), b: Type.String() }),
    data: Type.Unknown({ default: { required: ['kept'], properties: { kept: { default: 1 } } } }),
  });
  expect(inputSchema(schema)).toEqual({
    type: 'object',
    required: ['id', 'inner'],
    properties: {
      id: { type: 'string' },
      size: { type: 'integer', default: 1 },
      inner: {
        type: 'object',
        required: ['b'],
        properties: { a: { type: 'string', default: 'x' }, b: { type: 'string' } },
        additionalProperties: false,
      },
      data: { default: { required: ['kept'], properties: { kept: { default: 1 } } } },
    },
    additionalProperties: false,
  });
});

test('the least trigger is valid as it is written', () => {
  const schema = inputSchema(CampaignTrigger);
  expect(schema['required']).toEqual(['campaign_id', 'campaign_name', 'template_id']);
  const least = { campaign_id: 'a', campaign_name: 'A', template_id: 'spin_wheel_v1', video: { width: 320 } };
  expect(compile(schema).check(least)).toEqual([]);
});
