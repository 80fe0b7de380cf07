import { describe, expect, test } from '@jest/globals';
import { artifactVariables, ConfigurationError, readConfiguration } from './index.js';

const read = (env: Record<string, string>) => readConfiguration(env, '/work').artifacts;

describe('where artifacts are kept', () => {
  test.each([
    ['s3://games', { bucket: 'games', prefix: '' }],
    ['s3://games/', { bucket: 'games', prefix: '' }],
    ['s3://my.games/cairn/prod/', { bucket: 'my.games', prefix: 'cairn/prod' }],
  ])('%s', (value, place) => {
    expect(read({ CAIRN_ARTIFACTS: value })).toEqual({
      kind: 's3',
      ...place,
      copies: { folder: '/work/.cairn/copies', maxBytes: 10_737_418_240 },
    });
  });

  test('a server that is not Amazon’s', () => {
    const env = { CAIRN_ARTIFACTS: 's3://games', CAIRN_COPIES: 'near', CAIRN_COPIES_MAX: '2GiB' };
    const any = 'https://storage.example:9000';
    const place = { copies: { folder: '/work/near', maxBytes: 2_147_483_648 } };
    expect(read({ ...env, AWS_ENDPOINT_URL: any })).toMatchObject({
      ...place,
      endpoint: any,
      region: 'us-east-1',
    });
    const own = {
      AWS_ENDPOINT_URL: any,
      AWS_ENDPOINT_URL_S3: 'http://127.0.0.1:7070',
      AWS_REGION: 'eu-west-1',
    };
    expect(read({ ...env, ...own })).toMatchObject({
      ...place,
      endpoint: 'http://127.0.0.1:7070',
      region: 'eu-west-1',
    });
  });

  test.each([
    ['CAIRN_ARTIFACTS', 's3://', 'it must be a folder, or s3://bucket/prefix'],
    ['CAIRN_ARTIFACTS', 's3://UPPER/x', 'it must be a folder, or s3://bucket/prefix'],
    ['CAIRN_ARTIFACTS', 's3://games//x', 'it must be a folder, or s3://bucket/prefix'],
    ['CAIRN_ARTIFACTS', 's3://games/../x', 'it must be a folder, or s3://bucket/prefix'],
    ['CAIRN_ARTIFACTS', 's3://games/a b', 'it must be a folder, or s3://bucket/prefix'],
    ['CAIRN_ARTIFACTS', 'gs://games', 'it must be a folder, or s3://bucket/prefix'],
    ['AWS_ENDPOINT_URL_S3', 'localhost:9000', 'it must be a URL with http:// or https://'],
    ['CAIRN_COPIES_MAX', '0', 'it must be a number of bytes'],
  ])('%s=%j is refused', (name, value, rule) => {
    const load = () => read({ CAIRN_ARTIFACTS: 's3://games', [name]: value });
    expect(load).toThrow(ConfigurationError);
    expect(load).toThrow(`${name} is ${JSON.stringify(value)}, but ${rule}`);
  });

  test.each<Record<string, string>>([
    {},
    { CAIRN_ARTIFACTS: 'files' },
    { CAIRN_ARTIFACTS: 's3://games' },
    { CAIRN_ARTIFACTS: 's3://games/a/b' },
  ])('is told to other programs: %j', env => {
    const place = read(env);
    expect(readConfiguration(artifactVariables(place), '/elsewhere').artifacts).toEqual(place);
  });
});
