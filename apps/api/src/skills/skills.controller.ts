import type { Catalog } from '@cairn/catalog';
import type { http } from '@cairn/dto';
import type { AnySkill } from '@cairn/skill-kit';
import { Controller, Inject } from '@nestjs/common';
import { CATALOG } from '../app/tokens.js';
import { Operation } from '../http/operation.decorator.js';
import { given } from '../runs/run-view.js';

@Controller()
export class SkillsController {
  constructor(@Inject(CATALOG) private readonly catalog: Catalog) {}

  @Operation('listSkills')
  list(): { items: http.Skill[] } {
    return { items: this.catalog.skills.map(({ skill }) => skillView(skill)) };
  }
}

const asObject = (schema: object) => schema as Record<string, unknown>;

function skillView({ id, version, spec }: AnySkill): http.Skill {
  const { title, description, input, output, uses = [], cache, retry, timeout, queue } = spec;
  return {
    id,
    version,
    title,
    inputSchema: asObject(input),
    outputSchema: asObject(output),
    uses: [...uses],
    ...given({ description, cache, retry: retry && { ...retry }, timeout, queue }),
  };
}
