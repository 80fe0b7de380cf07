import type { Catalog } from '@cairn/catalog';
import { repositories, type DataSource, type SeenSkill } from '@cairn/dao';
import type { http } from '@cairn/dto';
import { BUILD_LIVE_MS } from '@cairn/engine';
import { queueOf, type AnySkill } from '@cairn/skill-kit';
import { Controller, Inject } from '@nestjs/common';
import { CATALOG, DATA_SOURCE } from '../app/tokens.js';
import { Operation } from '../http/operation.decorator.js';
import { given } from '../runs/run-view.js';

@Controller()
export class SkillsController {
  constructor(
    @Inject(CATALOG) private readonly catalog: Catalog,
    @Inject(DATA_SOURCE) private readonly dataSource: DataSource,
  ) {}

  @Operation('listSkills')
  async list(): Promise<{ items: http.Skill[] }> {
    const seen = await repositories(this.dataSource).workerSkills.listSkills(BUILD_LIVE_MS);
    const buildsOf = (id: string) => seen.filter(({ skillId }) => skillId === id).map(buildView);
    return { items: this.catalog.skills.map(({ skill }) => skillView(skill, buildsOf(skill.id))) };
  }
}

const asObject = (schema: object) => schema as Record<string, unknown>;

function skillView({ id, version, spec }: AnySkill, builds: http.SkillBuild[]): http.Skill {
  const {
    title,
    description,
    input,
    output,
    uses = [],
    cache,
    retry,
    timeout,
    heartbeat,
    concurrency,
  } = spec;
  return {
    id,
    version,
    title,
    inputSchema: asObject(input),
    outputSchema: asObject(output),
    uses: [...uses],
    builds,
    queue: queueOf(spec),
    ...given({ description, cache, retry: retry && { ...retry }, timeout, heartbeat, concurrency }),
  };
}

const buildView = (row: SeenSkill): http.SkillBuild => ({
  build: row.build,
  version: row.skillVersion,
  fingerprint: row.fingerprint,
  live: row.live,
  firstSeenAt: row.firstSeenAt.toISOString(),
  lastSeenAt: row.lastSeenAt.toISOString(),
  ...given({ queue: row.queue }),
});
