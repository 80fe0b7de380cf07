import { expect, test } from '@jest/globals';
import { refuseOtherCatalog } from './session.js';

test('a start shares another only if both were given the same catalog', () => {
  expect(() => refuseOtherCatalog({}, undefined)).not.toThrow();
  expect(() => refuseOtherCatalog({ catalog: '/a.json' }, '/a.json')).not.toThrow();
  expect(() => refuseOtherCatalog({}, '/a.json')).toThrow(
    'The start found above serves the shipped catalog, this one was given /a.json',
  );
  expect(() => refuseOtherCatalog({ catalog: '/a.json' }, undefined)).toThrow('serves /a.json, this one was');
});
