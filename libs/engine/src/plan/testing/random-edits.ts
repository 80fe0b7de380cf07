import type { http } from '@cairn/dto';
import type { Random } from '../../keys/testing/random.js';
import type { AnyWorkflow } from '@cairn/pipeline';
import { randomTrigger, type ToyTrigger } from './random-graph.js';
import type { ToyLab } from './toy-lab.js';

/** How things stand between two runs. */
export interface Standing {
  readonly trigger: ToyTrigger;
  readonly build: number;
  readonly options: http.RunOptions;
}

/** Changes one thing: what a person, a deployment, time or a disk may change. */
export async function randomEdit(
  random: Random,
  lab: ToyLab,
  tenantId: string,
  workflow: AnyWorkflow,
  { trigger, build }: Standing,
): Promise<Standing & { readonly what: string }> {
  const as = { trigger, build, options: {} };
  const entries = () =>
    lab.dataSource.query<{ id: string; digests: string[] }[]>(
      `SELECT "id", "digests" FROM "step_cache" WHERE "tenantId" = $1 ORDER BY "createdAt", "id"`,
      [tenantId],
    );
  switch (random.below(10)) {
    case 0:
      return { ...as, what: 'nothing' };
    case 1: {
      const entry = random.of(await entries());
      if (entry) await lab.dataSource.query(`DELETE FROM "step_cache" WHERE "id" = $1`, [entry.id]);
      return { ...as, what: 'an entry evicted' };
    }
    case 2: {
      const entry = random.of(await entries());
      const past = `UPDATE "step_cache" SET "expiresAt" = now() - interval '1 second' WHERE "id" = $1`;
      if (entry) await lab.dataSource.query(past, [entry.id]);
      return { ...as, what: 'an entry expired' };
    }
    case 3: {
      const digest = random.of((await entries()).flatMap(({ digests }) => digests));
      if (digest !== undefined) await lab.engine.store.remove(tenantId, digest);
      return { ...as, what: 'bytes lost' };
    }
    case 4:
      return { ...as, build: random.below(3), what: 'another build' };
    case 5: {
      const step = random.of(workflow.graph.steps)!.id;
      const options = random.of([{ refresh: true }, { bypass: true }, { refresh: [step] }])!;
      return { ...as, options, what: JSON.stringify(options) };
    }
    default: {
      const field = random.of(['p', 'q', 'r'] as const)!;
      return {
        ...as,
        trigger: { ...trigger, [field]: randomTrigger(random)[field] },
        what: `another ${field}`,
      };
    }
  }
}
