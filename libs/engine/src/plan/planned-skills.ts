import type { Catalog } from '@cairn/catalog';
import { repositories, type DataSource, type SeenSkill } from '@cairn/dao';
import type { http } from '@cairn/dto';
import type { AnySkill } from '@cairn/skill-kit';
import type { KeyedSkill } from '../keys/keyed-skill.js';
import type { RegistrationDetails } from '../explain/registrations.js';
import { BUILD_LIVE_MS } from '../skills/register-build.js';

/** A skill in the version in which a graph wants it. */
export interface WantedSkill {
  readonly skillId: string;
  readonly version: string;
}

/** A wanted skill, as the workers that would execute it have it. */
export interface PlannedSkill {
  /** With what keys are made; absent where no worker has ever served it in this version. */
  readonly keyed?: KeyedSkill;
  readonly declared: AnySkill | undefined;
  readonly view: http.PlannedSkill;
}

export const skillName = ({ skillId, version }: WantedSkill): string => `${skillId} ${version}`;

/**
 * What workers have said of skills: by the live build that was last seen, else by the last that ever was.
 * @returns by {@link skillName}
 */
export async function plannedSkills(
  dataSource: DataSource,
  catalog: Catalog,
  wanted: readonly WantedSkill[],
): Promise<ReadonlyMap<string, PlannedSkill>> {
  const each = [...new Map(wanted.map(skill => [skillName(skill), skill])).values()];
  const ids = [...new Set(each.map(({ skillId }) => skillId))];
  const seen = await repositories(dataSource).workerSkills.listServing(ids, BUILD_LIVE_MS);
  return new Map(
    each.map(skill => {
      const rows = seen.filter(row => row.skillId === skill.skillId && row.skillVersion === skill.version);
      return [skillName(skill), plannedSkill(catalog, skill, rows)];
    }),
  );
}

function plannedSkill(catalog: Catalog, wanted: WantedSkill, rows: readonly SeenSkill[]): PlannedSkill {
  const { skillId, version } = wanted;
  const declared = catalog.skills
    .map(({ skill }) => skill)
    .find(skill => skill.id === skillId && skill.version === version);
  const live = rows.filter(row => row.live);
  const [row] = live.length > 0 ? live : rows;
  const keys = live.map(each => JSON.stringify(fingerprintsOf(each)));
  const agree = new Set(keys).size <= 1;
  const message = complaint(wanted, { row, live: live.length, agree, declared });
  return {
    declared,
    ...(row && declared && { keyed: { skill: declared, ...fingerprintsOf(row) } }),
    view: {
      skillId,
      version,
      liveBuilds: live.length,
      agree,
      ...(row && { plannedWith: row.build, lastSeenAt: row.lastSeenAt.toISOString() }),
      ...(message !== undefined && { message }),
    },
  };
}

function fingerprintsOf({ fingerprint, details }: SeenSkill): Pick<KeyedSkill, 'fingerprint' | 'ports'> {
  const ports = Object.entries((details as unknown as RegistrationDetails).ports)
    .map(([port, { fingerprint: of }]) => [port, of] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return { fingerprint, ports: Object.fromEntries(ports) };
}

function complaint(
  { skillId, version }: WantedSkill,
  {
    row,
    live,
    agree,
    declared,
  }: { row: SeenSkill | undefined; live: number; agree: boolean; declared: AnySkill | undefined },
): string | undefined {
  const name = `${skillId} ${version}`;
  if (!declared) return `this installation does not declare ${name}`;
  if (!row) return `no worker has ever served ${name}`;
  if (live === 0)
    return `no live worker serves ${name}: planned with the build that was last seen, at ${row.lastSeenAt.toISOString()}`;
  if (!agree) return `live workers have different builds of ${name}: planned with the one that was last seen`;
  return undefined;
}

/**
 * How the workers stand for all skills of a plan.
 * @param refusal with what such a run would be refused
 */
export function workersView(
  skills: Iterable<PlannedSkill>,
  refusal: string | undefined,
): http.Plan['workers'] {
  const views = [...skills].map(({ view }) => view);
  if (refusal !== undefined)
    return { ready: false, message: `such a run would be refused now: ${refusal}`, skills: views };
  const [first, ...others] = views.flatMap(({ message }) => (message === undefined ? [] : [message]));
  return {
    ready: first === undefined,
    message:
      first === undefined
        ? 'live workers of one build serve every skill'
        : `${first}${others.length > 0 ? `; and ${others.length} more` : ''}`,
    skills: views,
  };
}
