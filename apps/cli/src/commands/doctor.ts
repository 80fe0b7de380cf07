import type { Command } from 'commander';
import { apiPlace, openApi } from '../api/find-api.js';
import { checkApi } from '../doctor/api-checks.js';
import type { Check } from '../doctor/check.js';
import { checkDisk, checkNode } from '../doctor/machine-checks.js';
import { EXIT } from '../errors.js';
import { homeOf } from '../places.js';
import type { Shell } from '../shell.js';
import type { Colours } from '../show/screen.js';
import { apiOptions, type ApiOptions } from './options.js';

/** `cairn doctor`: what is there, what is missing, and what to do about it. */
export function addDoctor(program: Command, shell: Shell): void {
  const command = program
    .command('doctor')
    .description('look at everything that runs need; exit code 1 if something is missing');
  apiOptions(command).action((options: ApiOptions) =>
    shell.perform(async () => {
      const { env, version, screen, controller } = shell;
      const client = openApi(options, shell);
      const checks = [
        checkNode(process.versions.node),
        ...(await checkApi(client, apiPlace(options, env), version)),
        await checkDisk(homeOf(env)),
      ];
      controller.signal.throwIfAborted();
      const ok = !checks.some(({ status }) => status === 'failed');
      if (options.json) shell.json({ ok, checks });
      else for (const line of checks.flatMap(check => linesOf(check, screen.colours))) screen.line(line);
      return ok ? EXIT.completed : EXIT.failed;
    }),
  );
}

const SIGNS: Record<Check['status'], string> = { ok: '✔', warning: '!', failed: '✖', unknown: '?' };

function linesOf({ name, status, found, next }: Check, colours: Colours): string[] {
  const paint = { ok: colours.green, warning: colours.yellow, failed: colours.red, unknown: colours.dim }[
    status
  ];
  const line = `  ${paint(SIGNS[status])} ${name.padEnd(10)}${status === 'unknown' ? colours.dim(found) : found}`;
  return next === undefined ? [line] : [line, `    ${' '.repeat(10)}${colours.cyan('→')} ${next}`];
}
