import { join, resolve } from 'node:path';
import { ConfigurationError, readConfiguration, type Configuration } from '@cairn/configuration';
import { CliError, EXIT } from '../errors.js';
import { apiKeyOf } from '../api/find-api.js';
import { namedPath, projectFolder } from '../places.js';
import { ApiAccess } from '../run/api-access.js';
import { build, type Built } from '../run/build.js';
import { report, type Places } from '../show/report.js';
import type { Screen } from '../show/screen.js';
import { readTrigger } from '../trigger-file.js';
import { Interrupted } from '../interruption.js';
import { readApiRecord } from './api-record.js';
import { nextFreePort } from './ports.js';
import { serveFolder } from './serve-folder.js';
import { openSession, type Cleanups, type Session } from './session.js';

/** What `cairn up` was asked to do. */
export interface UpOptions {
  /** End after the run instead of serving. */
  readonly once: boolean;
  /** A JSON file with the run's trigger; the shipped example if absent. */
  readonly trigger?: string;
  readonly workflow: string;
  /** The folder campaigns are unpacked into. */
  readonly out?: string;
}

export interface UpContext {
  readonly env: NodeJS.ProcessEnv;
  readonly screen: Screen;
  /** Aborted by a signal, or by a part that keeps failing: all that was started ends then. */
  readonly controller: AbortController;
  /** What is to be undone; the caller does it, whatever happens. */
  readonly cleanups: Cleanups;
}

const EXAMPLE = resolve(projectFolder, 'examples', 'neon-arcade.json');

/**
 * `cairn up`: the local stack, the API and a worker, one run, its campaign unpacked; then serves until it is told to
 * end, unless `--once` was given.
 * @param ended is told how the run came out
 * @returns the exit code, once there is nothing left to do
 * @throws CliError, or the reason that `controller` was aborted with
 */
export async function up(
  options: UpOptions,
  context: UpContext,
  ended: (built: Built) => void,
): Promise<number> {
  const { env, screen, controller, cleanups } = context;
  const { signal } = controller;
  const configuration = configurationOf(env);
  const trigger = await readTrigger(
    options.trigger === undefined ? EXAMPLE : namedPath(options.trigger, env),
  );
  const out = options.out === undefined ? resolve(projectFolder, 'out') : namedPath(options.out, env);

  const supervision = {
    say: (line: string) => screen.line(`  ${line}`),
    gaveUp: (error: CliError) => controller.abort(error),
    signal,
  };
  const session = await openSession(configuration, env, screen, supervision, cleanups);
  const api = new ApiAccess(session.apiUrl, signal, apiKeyOf(env));
  const request = { home: configuration.home, workflow: options.workflow, trigger, out };
  const built = await build(api, request, screen, signal).catch((error: unknown) => {
    if (signal.reason instanceof Interrupted)
      screen.line('\n  The run is not lost: the next start goes on with it.');
    throw error;
  });
  const exitCode = built.run.status === 'completed' ? EXIT.completed : EXIT.failed;

  const stays = !options.once && session.programs !== undefined;
  // The other start may serve another folder, or have begun to serve only now.
  const plays = session.programs === undefined ? readApiRecord(configuration.home)?.plays : undefined;
  const served = plays?.folder === out ? plays.url : undefined;
  const playUrl = stays ? await serve(out, built, session, cleanups) : served;
  report(
    built,
    places(configuration, session, built, stays || session.programs === undefined, playUrl),
    screen,
  );
  ended(built);
  if (!stays) {
    if (session.programs === undefined)
      screen.line('\n  The start found above goes on serving; this one ends.');
    return exitCode;
  }
  screen.line('\n  Serving until Ctrl-C; results and state stay.');
  await new Promise<never>((_, reject) => {
    signal.throwIfAborted();
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });
  return exitCode;
}

function configurationOf(env: NodeJS.ProcessEnv): Configuration {
  try {
    return readConfiguration(env, projectFolder);
  } catch (error) {
    if (error instanceof ConfigurationError) throw new CliError(error.message, EXIT.usage);
    throw error;
  }
}

async function serve(out: string, built: Built, session: Session, cleanups: Cleanups): Promise<string> {
  const apiPort = Number(new URL(session.apiUrl).port);
  const home = built.campaign ? `/${built.campaign.name}/` : '/index.html';
  const server = await serveFolder(out, home, await nextFreePort('127.0.0.1', apiPort + 1));
  cleanups.push({ undo: () => server.stop() });
  session.programs?.announce({ url: server.url, folder: out });
  return server.url;
}

function places(
  configuration: Configuration,
  session: Session,
  built: Built,
  serves: boolean,
  playUrl: string | undefined,
): Places {
  const { home } = configuration;
  const workflow = `namespaces/${session.temporalNamespace}/workflows/run-${built.run.id}`;
  return {
    home,
    workerLog: join(home, 'logs', 'worker.log'),
    ...(playUrl && built.campaign && { play: `${playUrl}/${built.campaign.name}/` }),
    ...(serves && { api: session.apiUrl }),
    ...(serves && session.temporalUiUrl && { temporalUi: `${session.temporalUiUrl}/${workflow}` }),
  };
}
