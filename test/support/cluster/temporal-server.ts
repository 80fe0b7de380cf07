import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { startKept, type KeptProcess } from '@cairn/local-stack';
import { Connection, isGrpcServiceError } from '@temporalio/client';
import proto from '@temporalio/proto';
import { waitUntil } from '../wait-until.js';
import { quietPorts } from './quiet-ports.js';
import { writeServerConfig, type ServerPorts } from './server-config.js';
import { makeServerDatabases } from './server-databases.js';
import { serverPrograms } from './server-programs.js';

/** By Temporal's numbers of types. */
const SEARCH_ATTRIBUTES = { CairnTenant: 2, CairnRunId: 2, CairnTags: 7 };
const NAMESPACE = 'default';
const ALREADY_EXISTS = 6;
const READY_WITHIN_MS = 60_000;
const RETENTION_S = 24 * 3600;

/** A Temporal server on a PostgreSQL, which can be killed and started again where it was. */
export interface TemporalServer {
  /** host:port of its frontend. */
  readonly address: string;
  readonly port: number;
  /** The process that runs now. */
  readonly process: KeptProcess;
}

export interface TemporalServerSettings {
  /** A folder for its configuration and its log. */
  readonly folder: string;
  /** Of a PostgreSQL whose user may make databases. */
  readonly databaseUrl: string;
  readonly say?: (line: string) => void;
}

/**
 * Prepares a Temporal server of four services in one process: builds it where that was not done yet, and makes its
 * databases.
 * @returns what starts it, again and again on the same ports; ready when it resolves, with Cairn's search attributes
 */
export async function prepareTemporalServer(
  settings: TemporalServerSettings,
): Promise<() => Promise<TemporalServer>> {
  const { folder, databaseUrl, say = () => undefined } = settings;
  const programs = await serverPrograms(say);
  await makeServerDatabases(programs, databaseUrl);
  const ports = await serverPorts();
  mkdirSync(folder, { recursive: true });
  writeServerConfig(folder, databaseUrl, ports);
  const address = `127.0.0.1:${ports.frontend}`;
  return async () => {
    const process = await startKept({
      command: programs.server,
      args: ['--root', folder, '--config', 'config', '--env', 'cairn', '--allow-no-auth', 'start'],
      cwd: folder,
      env: { PATH: globalThis.process.env['PATH'] },
      logFile: join(folder, 'temporal-server.log'),
      endWith: [
        ['SIGTERM', 10_000],
        ['SIGKILL', 2_000],
      ],
    });
    try {
      await untilReady(process, address);
    } catch (error) {
      await process.stop();
      throw error;
    }
    return { address, port: ports.frontend, process };
  };
}

async function serverPorts(): Promise<ServerPorts> {
  const [frontend, history, matching, worker, ...members] = (await quietPorts(8)) as [
    ...[number, number, number, number],
    ...[number, number, number, number],
  ];
  return { frontend, history, matching, worker, members };
}

/** It serves, and what Cairn needs is there: it is made the first time. */
async function untilReady(process: KeptProcess, address: string): Promise<void> {
  const connection = Connection.lazy({ address });
  try {
    await waitUntil(
      `Temporal's server serves at ${address}`,
      async () => {
        if (process.hasEnded()) throw new Error(`Temporal's server ended: ${await process.output()}`);
        return connection
          .withDeadline(Date.now() + 3_000, () => prepareNamespace(connection))
          .catch((error: unknown) => {
            if (isGrpcServiceError(error)) return false;
            throw error;
          });
      },
      READY_WITHIN_MS,
    );
  } finally {
    await connection.close();
  }
}

/** @returns whether the namespace is there, with all search attributes, and runs can be looked for by them. */
async function prepareNamespace(connection: Connection): Promise<boolean> {
  const { workflowService, operatorService } = connection;
  const described = await workflowService.describeNamespace({ namespace: NAMESPACE }).catch(() => undefined);
  if (!described)
    await workflowService
      .registerNamespace(
        proto.temporal.api.workflowservice.v1.RegisterNamespaceRequest.fromObject({
          namespace: NAMESPACE,
          workflowExecutionRetentionPeriod: { seconds: RETENTION_S },
        }),
      )
      .catch(unlessThere);
  const { customAttributes } = await operatorService.listSearchAttributes({ namespace: NAMESPACE });
  const missing = Object.entries(SEARCH_ATTRIBUTES).filter(
    ([name]) => !Object.hasOwn(customAttributes ?? {}, name),
  );
  if (missing.length > 0)
    await operatorService
      .addSearchAttributes({ namespace: NAMESPACE, searchAttributes: Object.fromEntries(missing) })
      .catch(unlessThere);
  await workflowService.listWorkflowExecutions({
    namespace: NAMESPACE,
    query: Object.keys(SEARCH_ATTRIBUTES)
      .map(name => `${name} IS NULL`)
      .join(' AND '),
  });
  return missing.length === 0;
}

function unlessThere(error: unknown): void {
  if (!isGrpcServiceError(error) || (error.code as number) !== ALREADY_EXISTS) throw error;
}
