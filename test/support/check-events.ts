import type { DataSource } from '@cairn/dao';
import { compile, events } from '@cairn/dto';

interface Written {
  readonly type: string;
  readonly data: unknown;
}

/** What tells that a run, or a step that is not of an item of a map, is in a state. */
const TOLD = `
  SELECT 'run ' || "run"."id" AS "what", "run"."status",
         (SELECT array_agg("type" ORDER BY "type") FROM "event"
           WHERE "event"."runId" = "run"."id" AND "stepId" IS NULL
             AND "type" IN ('run.created', 'run.started', 'run.completed', 'run.failed', 'run.cancelled')) AS "told",
         "run"."startedAt" IS NOT NULL AS "began"
    FROM "run" WHERE "run"."errorCode" IS DISTINCT FROM 'BY_HAND'
  UNION ALL
  SELECT 'step ' || "step"."runId" || '/' || "step"."stepId", "step"."status",
         (SELECT array_agg(DISTINCT "type" ORDER BY "type") FROM "event"
           WHERE "event"."runId" = "step"."runId" AND "event"."stepId" = "step"."stepId"
             AND "type" IN ('step.started', 'step.completed', 'step.failed', 'step.skipped')),
         "step"."startedAt" IS NOT NULL
    FROM "run_step" AS "step" WHERE "step"."mapStepId" IS NULL`;

/**
 * Holds, but for runs that a test has ended by hand and marked so, that every event fits the schema of its type, and that
 * the events of each run and step tell of just the states that it went through.
 * @throws Error with the first few that do not
 */
export async function checkEvents(dataSource: DataSource): Promise<void> {
  const written = await dataSource.query<Written[]>('SELECT "type", "data" FROM "event"');
  const wrong = [...written.flatMap(misfit), ...(await untold(dataSource))];
  if (wrong.length > 0) throw new Error(`${wrong.length} events are wrong:\n${wrong.slice(0, 5).join('\n')}`);
}

function misfit({ type, data }: Written): string[] {
  const known: events.EventType | undefined = events.EVENT_TYPES[type as events.EventTypeName];
  if (!known) return [`${type} is no known type`];
  return compile(known.schema)
    .check(data)
    .map(({ path, message }) => `${type} ${path} ${message}: ${JSON.stringify(data)}`);
}

interface Record {
  readonly what: string;
  readonly status: string;
  readonly began: boolean;
  readonly told: readonly string[] | null;
}

async function untold(dataSource: DataSource): Promise<string[]> {
  const records = await dataSource.query<Record[]>(TOLD);
  return records.flatMap(({ what, status, began, told }) => {
    const subject = what.startsWith('run') ? 'run' : 'step';
    const open = ['queued', 'pending', 'running'].includes(status);
    const expected = [
      subject === 'run' && 'run.created',
      began && `${subject}.started`,
      !open && `${subject}.${status}`,
    ].filter(type => type !== false);
    const [is, due] = [told ?? [], expected].map(types => [...types].sort().join(' '));
    return is === due ? [] : [`${what} is ${status}: told ${is || 'nothing'}, not ${due}`];
  });
}
