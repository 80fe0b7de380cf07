import { describe, expect, test } from '@jest/globals';
import { CliError } from './errors.js';
import { runCommandLine } from './command-line.js';
import { aShell } from './testing/a-shell.js';

/** What an ill-formed command line is refused with. */
async function refused(args: readonly string[]): Promise<CliError> {
  const shell = aShell();
  const error = await runCommandLine(args, shell).catch((thrown: unknown) => thrown);
  expect(shell.performed).toBe(0);
  expect(error).toBeInstanceOf(CliError);
  return error as CliError;
}

describe('arguments', () => {
  test.each([
    [['up', '--onse'], "unknown option '--onse' (Did you mean --once?)", 'cairn up'],
    [['up', '--trigger'], "option '--trigger <file>' argument missing", 'cairn up'],
    [['up', 'extra'], "too many arguments for 'up'. Expected 0 arguments but got 1.", 'cairn up'],
    [['down'], "unknown command 'down'", 'cairn'],
    [['runs', 'lst'], "unknown command 'lst' (Did you mean list?)", 'cairn runs'],
    [['runs', 'show'], "missing required argument 'run'", 'cairn runs show'],
    [
      ['runs', 'list', '--limit', '0'],
      "option '--limit <count>' argument '0' is invalid. It must be a whole number from 1 to 200.",
      'cairn runs list',
    ],
  ])('%j is a usage error in one line, which says where help is', async (args, message, command) => {
    const { exitCode, message: said, details } = await refused(args);
    expect([exitCode, said, details]).toEqual([2, message, [`${command} --help tells more`]]);
  });

  test.each([[[]], [['runs']]])('%j says what there is to do', async args => {
    const { exitCode, message } = await refused(args);
    expect([exitCode, message]).toEqual([
      2,
      expect.stringMatching(/^Say what to do: cairn (up\||runs list\|)/),
    ]);
  });

  test.each([
    [['up']],
    [['up', '--once', '--trigger', 'a b.json', '--workflow', 'hello.world', '--out', 'x']],
    [['runs', 'list', '--status', 'failed', '--json']],
  ])('%j is done', async args => {
    const shell = aShell();
    await runCommandLine(args, shell);
    expect(shell.performed).toBe(1);
  });
});
