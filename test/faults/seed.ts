import { randomInt } from 'node:crypto';
import { fileURLToPath } from 'node:url';

/** The seed that CAIRN_FAULTS_SEED names, else another one each time. @throws Error when it is no whole number. */
export function seedFrom(env: Readonly<Record<string, string | undefined>>): number {
  const given = env['CAIRN_FAULTS_SEED'];
  if (!given) return randomInt(2 ** 31);
  if (!/^\d{1,10}$/.test(given))
    throw new Error(`CAIRN_FAULTS_SEED is ${JSON.stringify(given)}, not a number`);
  return Number(given);
}

/** Where the logs of a fault run are left when something does not hold. */
export const logsFolder = (seed: number): string =>
  fileURLToPath(new URL(`../../../.cairn/logs/faults-${seed}`, import.meta.url));
