import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import YAML from 'yaml';
import { REPOSITORY } from './campaign.js';

/** What of a service in a compose file is looked at here. */
export interface ComposeService {
  readonly image?: string;
  readonly build?: { readonly context?: string; readonly dockerfile?: string };
  readonly entrypoint?: readonly string[];
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string | number>>;
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly healthcheck?: { readonly test: readonly string[] };
  readonly volumes?: readonly string[];
  readonly configs?: readonly { readonly source: string; readonly target: string }[];
  readonly ports?: readonly string[];
  readonly deploy?: { readonly replicas?: number };
  readonly profiles?: readonly string[];
  readonly restart?: string;
}

export interface Compose {
  readonly services: Readonly<Record<string, ComposeService>>;
  readonly volumes: Readonly<Record<string, unknown>>;
  readonly configs: Readonly<Record<string, { readonly content?: string; readonly file?: string }>>;
}

/** The text of docker-compose.yml. */
export const composeText = (): string => readFileSync(join(REPOSITORY, 'docker-compose.yml'), 'utf8');

/**
 * docker-compose.yml with its variables filled in, as `docker compose` fills them in.
 * @param variables what the caller's environment has
 * @throws Error naming a variable that is required and not there
 */
export function readCompose(variables: Readonly<Record<string, string>>): Compose {
  const parsed: unknown = YAML.parse(composeText(), { merge: true });
  return filledIn(parsed, variables) as Compose;
}

function filledIn(value: unknown, variables: Readonly<Record<string, string>>): unknown {
  if (typeof value === 'string') return interpolate(value, variables);
  if (Array.isArray(value)) return value.map(item => filledIn(item, variables));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, filledIn(item, variables)]));
}

/** `${NAME:?what is missing}` and `${NAME:-default}`; `$$` is a dollar. */
function interpolate(text: string, variables: Readonly<Record<string, string>>): string {
  return text.replace(
    /\$(?:\$|\{(\w+)(?::([?-])([^}]*))?\})/g,
    (whole, name?: string, kind?: string, rest = '') => {
      if (name === undefined) return '$';
      const value = variables[name];
      if (value) return value;
      if (kind === '-') return rest as string;
      throw new Error(`${whole}: ${name} is not set`);
    },
  );
}

/** The environment of a service, as its process has it. */
export function environmentOf(compose: Compose, name: string): Record<string, string> {
  const { environment = {} } = compose.services[name]!;
  return Object.fromEntries(Object.entries(environment).map(([key, value]) => [key, String(value)]));
}
