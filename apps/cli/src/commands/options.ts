import { InvalidArgumentError, Option, type Command } from 'commander';

export interface JsonOptions {
  readonly json?: true;
}
/** What every command takes that asks the API. */
export interface ApiOptions extends JsonOptions {
  readonly url?: string;
}

/** Adds `--json`. */
export function jsonOption(command: Command): Command {
  return command.option('--json', 'write one JSON document to standard output, and nothing else');
}

/** Adds `--url` and `--json`. */
export function apiOptions(command: Command): Command {
  const url = '--url <url>';
  command.option(url, 'where the API answers (default: CAIRN_URL, else the running `cairn up`)');
  return jsonOption(command);
}

/** An option that must be one of some words. */
export function choice(flags: string, description: string, words: readonly string[]): Option {
  return new Option(flags, description).choices(words);
}

/** For commander: a whole number between two bounds. */
export const wholeNumber = (least: number, most: number) => (text: string) => {
  const number = Number(text);
  if (!/^\d+$/.test(text) || number < least || number > most)
    throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`);
  return number;
};
