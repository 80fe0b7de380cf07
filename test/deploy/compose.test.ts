// docker-compose.yml and the Dockerfile, read; test/e2e/cluster.test.ts runs what they run, without containers.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import YAML from 'yaml';
import { readConfiguration } from '@cairn/configuration';
import { S3_GATEWAY_VERSION } from '@cairn/local-stack';
import { REPOSITORY } from '../support/campaign.js';
import { composeText, environmentOf, readCompose, type ComposeService } from '../support/compose.js';
import { DYNAMIC_CONFIG } from '../support/cluster/server-config.js';
import { TEMPORAL_SERVER_VERSION } from '../support/cluster/server-programs.js';

const SECRETS = { POSTGRES_PASSWORD: 'pg0', S3_SECRET_KEY: 's30', CAIRN_OPERATOR_KEY: 'k'.repeat(64) };
const compose = readCompose(SECRETS);
const services = Object.entries(compose.services);
const our = (name: string): ComposeService => compose.services[name]!;

describe('docker-compose.yml', () => {
  test.each(services)('%s: its image is one version, for good', (_, { image = '' }) => {
    expect(image).toMatch(/^[a-z0-9/-]+:v?\d+\.\d+(\.\d+)?[a-z0-9.-]*$/);
  });

  test('the versions are those that are tested with', () => {
    const tagOf = (name: string) => our(name).image!.split(':')[1]!;
    expect(`v${tagOf('temporal')}`).toBe(TEMPORAL_SERVER_VERSION);
    expect(`v${tagOf('temporal-schema')}`).toMatch(
      new RegExp(`^${TEMPORAL_SERVER_VERSION}-.*-cli-1\\.5\\.0$`),
    );
    expect(tagOf('s3')).toBe(S3_GATEWAY_VERSION);
  });

  test('asks for each secret, and has none of its own', () => {
    for (const name of Object.keys(SECRETS))
      expect(() => readCompose({ ...SECRETS, [name]: '' })).toThrow(`${name} is not set`);
    // Nor a default for one.
    expect(composeText()).not.toMatch(/\$\{\w+:?-/);
    const asked = [...composeText().matchAll(/\$\{(\w+)/g)].map(([, name]) => name);
    expect(new Set(asked)).toEqual(new Set(Object.keys(SECRETS)));
    const secret = /PASSWORD|PWD|SECRET|OPERATOR_KEY|TOKEN/;
    const given = services.flatMap(([name]) =>
      Object.entries(environmentOf(compose, name)).filter(([variable]) => secret.test(variable)),
    );
    expect(given.length).toBeGreaterThan(5);
    for (const [, value] of given) expect(Object.values(SECRETS)).toContain(value);
  });

  test('gives API and worker nothing that they do not read', () => {
    const read = new Set<string>();
    const noting = new Proxy<Record<string, string | undefined>>(
      {},
      { get: (_, name) => void read.add(String(name)), has: (_, name) => Boolean(read.add(String(name))) },
    );
    readConfiguration(noting);
    for (const name of ['api', 'worker'])
      for (const variable of Object.keys(environmentOf(compose, name)))
        if (!variable.startsWith('AWS_')) expect([...read]).toContain(variable);
    // Both find the same things at the same places.
    const { CAIRN_DRAIN, ...worker } = environmentOf(compose, 'worker');
    expect(CAIRN_DRAIN).toBe('60s');
    expect(environmentOf(compose, 'api')).toMatchObject(worker);
    expect(readConfiguration(environmentOf(compose, 'api')).operatorKeyHash).toMatch(/^sha256:/);
  });

  test('has two workers', () => {
    expect(our('worker').deploy?.replicas).toBe(2);
  });

  test.each(services)('%s: waits only for what can come', (_, { depends_on: after = {} }) => {
    for (const [name, { condition }] of Object.entries(after)) {
      const other = our(name);
      if (condition === 'service_healthy') expect(other.healthcheck?.test.length).toBeGreaterThan(1);
      else {
        expect(condition).toBe('service_completed_successfully');
        expect(['unless-stopped', 'always']).not.toContain(other.restart);
      }
    }
  });

  test.each(services)('%s: has what it names, and listens on this machine only', (_, service) => {
    for (const volume of service.volumes ?? []) {
      const [from = ''] = volume.split(':');
      const there = from.startsWith('.') ? existsSync(join(REPOSITORY, from)) : from in compose.volumes;
      expect([volume, there]).toEqual([volume, true]);
    }
    for (const { source } of service.configs ?? []) expect(Object.keys(compose.configs)).toContain(source);
    for (const port of service.ports ?? []) expect(port).toMatch(/^127\.0\.0\.1:\d+:\d+$/);
  });

  test('the namespace has the search attributes that the API asks for', () => {
    const pairs = (text: string, pattern: RegExp) =>
      [...text.matchAll(pattern)].map(([, name, type]) => `${name} ${type}`).sort();
    const source = readFileSync(join(REPOSITORY, 'apps/api/src/temporal/search-attributes.ts'), 'utf8');
    const asked = pairs(source, /^ {2}(Cairn\w+): '(\w+)',$/gm);
    expect(asked).toContain('CairnTenant Keyword');
    const [script = ''] = our('temporal-namespace').command!;
    expect(pairs(script, /--name (\w+) --type (\w+)/g)).toEqual(asked);
  });

  test("Temporal's dynamic configuration is the one that is tested with", () => {
    const given = YAML.parse(compose.configs['temporal-dynamic']!.content!) as Record<string, unknown>;
    const values = Object.entries(DYNAMIC_CONFIG).map(([key, value]) => [key, [{ value }]]);
    expect(given).toEqual(Object.fromEntries(values));
  });
});

describe('the Dockerfile', () => {
  const lines = readFileSync(join(REPOSITORY, 'Dockerfile'), 'utf8')
    .split('\n')
    .filter(line => line && !line.startsWith('#'))
    .map(line => [line.slice(0, line.indexOf(' ')), line.slice(line.indexOf(' ') + 1)] as const);
  const all = (instruction: string) => lines.filter(([kind]) => kind === instruction).map(([, rest]) => rest);

  test('is of instructions that there are, on one pinned Node that is new enough', () => {
    const known = new Set(['FROM', 'WORKDIR', 'COPY', 'RUN', 'ENV', 'USER', 'CMD']);
    expect(lines.filter(([kind]) => !known.has(kind))).toEqual([]);
    const images = all('FROM').map(rest => rest.split(' ')[0]);
    expect(new Set(images).size).toBe(1);
    const [, major, minor] = /^node:(\d+)\.(\d+)\.\d+-bookworm-slim$/.exec(images[0]!) ?? [];
    const { engines } = JSON.parse(readFileSync(join(REPOSITORY, 'package.json'), 'utf8')) as {
      engines: { node: string };
    };
    expect(engines.node).toBe('>=20.19');
    expect(Number(major) * 1000 + Number(minor)).toBeGreaterThanOrEqual(20_019);
  });

  test('installs and builds as `npm start` does', () => {
    const packages = readFileSync(join(REPOSITORY, 'scripts/lib/packages.mjs'), 'utf8');
    const [, flags] = /const flags = (\[.*\]);/.exec(packages) ?? [];
    const [install, build, ...others] = all('RUN');
    expect(install).toBe(`npm ${(JSON.parse(flags!.replaceAll("'", '"')) as string[]).join(' ')}`);
    expect(build).toBe('node scripts/build.mjs');
    expect(existsSync(join(REPOSITORY, 'scripts/build.mjs'))).toBe(true);
    expect(others).toEqual([]);
  });

  test('sends no packages, builds or state of this machine along, and runs as nobody special', () => {
    const ignored = readFileSync(join(REPOSITORY, '.dockerignore'), 'utf8').split('\n');
    for (const name of ['.git', '.cairn', '**/node_modules', '**/dist']) expect(ignored).toContain(name);
    expect(all('USER')).toEqual(['node']);
    expect(JSON.parse(all('CMD')[0]!)).toEqual(our('api').command);
  });

  test.each(['api', 'worker'])('has the program that %s runs', name => {
    const [command, ...args] = our(name).command!;
    expect([command, args.length]).toEqual(['node', 1]);
    expect(existsSync(join(REPOSITORY, args[0]!))).toBe(true);
    expect(our(name).build?.context).toBe('.');
  });
});
