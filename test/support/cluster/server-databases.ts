import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { ServerPrograms } from './server-programs.js';

const DATABASES = [
  { name: 'temporal', schema: 'postgresql/v12/temporal' },
  { name: 'temporal_visibility', schema: 'postgresql/v12/visibility' },
];

/** Makes the two databases of a Temporal server on a PostgreSQL, with the schema of the programs' version. */
export async function makeServerDatabases(programs: ServerPrograms, databaseUrl: string): Promise<void> {
  const { hostname, port, username, password } = new URL(databaseUrl);
  const env = {
    ...process.env,
    SQL_PLUGIN: 'postgres12',
    SQL_HOST: hostname,
    SQL_PORT: port || '5432',
    SQL_USER: username,
    SQL_PASSWORD: decodeURIComponent(password),
  };
  for (const { name, schema } of DATABASES) {
    const tool = (...args: string[]) =>
      promisify(execFile)(programs.sqlTool, ['--database', name, ...args], { env });
    await tool('create-database', '--defaultdb', 'postgres');
    await tool('setup-schema', '--version', '0.0');
    await tool('update-schema', '--schema-name', schema);
  }
}
