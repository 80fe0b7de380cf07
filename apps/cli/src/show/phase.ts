import { duration } from './format.js';
import type { Screen } from './screen.js';
import { spinner } from './step-list.js';

/** Shows that something is going on, and, when it is done, that it is and how long it took. */
export async function phase<T>(
  screen: Screen,
  doing: string,
  work: () => Promise<T>,
  done: (result: T) => string,
): Promise<T> {
  const { colours } = screen;
  const begun = Date.now();
  screen.show((_, tick) => [
    `  ${colours.yellow(spinner(tick))} ${doing} ${colours.dim(duration(Date.now() - begun))}`,
  ]);
  try {
    const result = await work();
    screen.end();
    screen.line(
      `  ${colours.green('✔')} ${done(result)} ${colours.dim(`(${duration(Date.now() - begun)})`)}`,
    );
    return result;
  } finally {
    screen.end();
  }
}
