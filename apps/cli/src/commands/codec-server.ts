import { once } from 'node:events';
import { readConfiguration } from '@cairn/configuration';
import type { Command } from 'commander';
import { CliError, EXIT } from '../errors.js';
import type { Shell } from '../shell.js';
import { wholeNumber } from './options.js';

interface ServerOptions {
  readonly host: string;
  readonly port: number;
}

const LOOPBACK = ['127.0.0.1', '::1', 'localhost'];

/** `cairn codec-server`: decrypts for Temporal's UI and command, for whoever has the keys. */
export function addCodecServer(program: Command, shell: Shell): void {
  program
    .command('codec-server')
    .description("decrypt what Temporal's UI and its command show, with CAIRN_ENCRYPTION_KEYS")
    .option('--port <port>', 'where it listens; 0 for any', wholeNumber(0, 65535), 8888)
    .option('--host <host>', 'another address than this machine alone; needs CAIRN_CODEC_TOKEN', '127.0.0.1')
    .action(({ host, port }: ServerOptions) =>
      shell.perform(async () => {
        const { encryptionKeys: keys, temporalUi: origin, codecToken: token } = readConfiguration(shell.env);
        if (!keys) throw new CliError('CAIRN_ENCRYPTION_KEYS has no key', EXIT.usage);
        if (token === undefined && !LOOPBACK.includes(host))
          throw new CliError(`Set CAIRN_CODEC_TOKEN: others reach ${host}`, EXIT.usage);
        // Loaded only here: it brings Temporal's messages along.
        const { startCodecServer } = await import('@cairn/payload-codec');
        const server = await startCodecServer({ keys, host, port, origin, token });
        shell.cleanups.push({ undo: () => server.close() });
        const { screen, controller } = shell;
        screen.line(`  Decrypting at ${server.url}`);
        screen.line(
          origin === undefined
            ? '  Set CAIRN_TEMPORAL_UI to the origin of Temporal’s UI to have its pages answered'
            : `  for pages of ${origin}`,
        );
        if (!controller.signal.aborted) await once(controller.signal, 'abort');
        throw controller.signal.reason;
      }),
    );
}
