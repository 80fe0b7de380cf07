import { repositories, type DataSource } from '@cairn/dao';
import type { RegisteredCode, RegisteredPort, SkillRegistration } from '../skills/skill-registration.js';

/** What a row keeps of a registration beside its columns. */
export type RegistrationDetails = Omit<SkillRegistration, 'skillId' | 'version' | 'fingerprint'>;

/** What fingerprints stand for, as workers have registered them. What no worker has served for long is forgotten. */
export class Registrations {
  private readonly found = new Map<string, Promise<readonly SkillRegistration[]>>();

  constructor(private readonly dataSource: DataSource) {}

  /** The code of a skill behind a fingerprint. */
  async code(skillId: string, fingerprint: string): Promise<RegisteredCode | undefined> {
    return (await this.of(skillId, fingerprint)).find(each => each.fingerprint === fingerprint);
  }

  /** The adapter behind a port's fingerprint. */
  async port(skillId: string, port: string, fingerprint: string): Promise<RegisteredPort | undefined> {
    return (await this.of(skillId, fingerprint))
      .map(({ ports }) => ports[port])
      .find(each => each?.fingerprint === fingerprint);
  }

  private of(skillId: string, fingerprint: string): Promise<readonly SkillRegistration[]> {
    const name = `${skillId} ${fingerprint}`;
    const known = this.found.get(name) ?? this.read(skillId, fingerprint);
    this.found.set(name, known);
    return known;
  }

  private async read(skillId: string, fingerprint: string): Promise<readonly SkillRegistration[]> {
    const { workerSkills } = repositories(this.dataSource);
    const rows = await workerSkills.listByFingerprint(skillId, [fingerprint]);
    return rows.map(row => ({
      ...(row.details as unknown as RegistrationDetails),
      skillId,
      version: row.skillVersion,
      fingerprint: row.fingerprint,
    }));
  }
}
