import type { Repositories } from './index.js';

type InTransaction = <T>(work: (tx: Repositories) => Promise<T>) => Promise<T>;
type Change = (...given: unknown[]) => Promise<unknown>;

/** What changes a state and writes its event: two statements that belong together. */
const CHANGES = {
  runs: ['insertRun', 'insertRunIfAbsent', 'markRunning', 'finishRun'],
  steps: [
    'startAttempt',
    'beginChild',
    'noteWaiting',
    'completeStep',
    'skipStepsAsCacheHits',
    'skipSteps',
    'failStep',
  ],
  turns: ['startInTurn'],
} as const satisfies { [R in keyof Repositories]?: readonly (keyof Repositories[R])[] };

/** Gives each change that is made outside a transaction one of its own. */
export function inOwnTransactions(all: Repositories, inTransaction: InTransaction): void {
  for (const [name, changes] of Object.entries(CHANGES) as [keyof typeof CHANGES, readonly string[]][])
    for (const change of changes) {
      const value: Change = (...given) =>
        inTransaction(tx => {
          const repository = tx[name] as unknown as Record<string, Change>;
          return repository[change]!(...given);
        });
      Object.defineProperty(all[name], change, { value });
    }
}
