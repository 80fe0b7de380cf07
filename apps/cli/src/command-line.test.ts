import { describe, expect, test } from '@jest/globals';
import { readCommandLine } from './command-line.js';
import { CliError } from './errors.js';

describe('arguments', () => {
  test('up has sensible defaults', () => {
    expect(readCommandLine(['up'], '1.0.0')).toEqual({ once: false, workflow: 'campaign.build' });
  });

  test('each option is taken', () => {
    const args = ['up', '--once', '--trigger', 'a b.json', '--workflow', 'hello.world', '--out', 'x'];
    expect(readCommandLine(args, '1.0.0')).toEqual({
      once: true,
      trigger: 'a b.json',
      workflow: 'hello.world',
      out: 'x',
    });
  });

  test.each([
    [['up', '--onse'], "unknown option '--onse' (Did you mean --once?)"],
    [['up', '--trigger'], "option '--trigger <file>' argument missing"],
    [['up', 'extra'], "too many arguments for 'up'. Expected 0 arguments but got 1."],
    [['down'], "unknown command 'down'"],
    [[], 'Say what to do, e.g. cairn up'],
  ])('%j is a usage error in one line', (args, message) => {
    let thrown: unknown;
    try {
      readCommandLine(args, '1.0.0');
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(CliError);
    const { exitCode, message: said } = thrown as CliError;
    expect([exitCode, said.replace(/\s+/g, ' ')]).toEqual([2, message]);
  });
});
