import type { ErrorObject } from 'ajv';
import type { Issue } from './errors.js';
import { FORMATS } from './formats.js';
import { pointerToken } from './json-domain.js';

type Schema = Readonly<Record<string, unknown>>;
const codeOf = (schema: unknown): string | undefined => {
  const code = (schema as Schema | undefined)?.['x-code'];
  return typeof code === 'string' ? code : undefined;
};

/** The field that a `required` or `additionalProperties` error is about, which ajv leaves out of its path. */
function fieldOf(error: ErrorObject): string | undefined {
  const { missingProperty, additionalProperty, propertyName } = error.params as Record<
    string,
    string | undefined
  >;
  return missingProperty ?? additionalProperty ?? propertyName;
}

/** An error of ajv (made with `verbose`) as an issue; the schema's `x-code` and `x-message`
 * say more than the keyword does. */
export function toIssue(error: ErrorObject): Issue {
  const field = fieldOf(error);
  const path = field === undefined ? error.instancePath : `${error.instancePath}/${pointerToken(field)}`;
  const parent = error.parentSchema as Schema | undefined;
  const properties = parent?.['properties'] as Record<string, unknown> | undefined;
  const about = field === undefined ? parent : error.keyword === 'required' ? properties?.[field] : undefined;
  const message = field === undefined ? parent?.['x-message'] : undefined;
  return {
    path,
    code: codeOf(about) ?? 'VALIDATION_ERROR',
    message: typeof message === 'string' ? message : sentence(error),
  };
}

const plural = (n: number, word: string) => `${n} ${word}${n === 1 ? '' : 's'}`;
const quoted = (values: readonly unknown[]) => values.map(v => JSON.stringify(v)).join(', ');

function sentence({ keyword, params, schema, message }: ErrorObject): string {
  const limit = params['limit'] as number;
  switch (keyword) {
    case 'required':
      return 'is required';
    case 'dependentRequired':
      return `is required when ${params['property'] as string} is given`;
    case 'additionalProperties':
    case 'unevaluatedProperties':
      return 'is an unknown field';
    case 'propertyNames':
      return 'is not a name that this map takes: letters, digits, _ and -, starting with a letter';
    case 'type':
      return `must be ${article(String(params['type']))}`;
    case 'enum':
      return `must be one of ${quoted(schema as unknown[])}`;
    case 'const':
      return `must be ${JSON.stringify(schema)}`;
    case 'format':
      return `must be ${FORMATS[String(schema)]?.wants ?? `of the format ${String(schema)}`}`;
    case 'pattern':
      return schema === '\\S' ? 'must not be blank' : `must match ${String(schema)}`;
    case 'minLength':
      return `must have at least ${plural(limit, 'character')}`;
    case 'maxLength':
      return `must have at most ${plural(limit, 'character')}`;
    case 'minItems':
      return `must have at least ${plural(limit, 'item')}`;
    case 'maxItems':
      return `must have at most ${plural(limit, 'item')}`;
    case 'minimum':
      return `must be at least ${limit}`;
    case 'maximum':
      return `must be at most ${limit}`;
    case 'exclusiveMinimum':
      return `must be greater than ${limit}`;
    case 'exclusiveMaximum':
      return `must be less than ${limit}`;
    case 'multipleOf':
      return schema === 2 ? 'must be even' : `must be a multiple of ${String(schema)}`;
    case 'uniqueItems':
      return 'must not hold the same item twice';
    default:
      return message ?? `breaks the rule ${keyword}`;
  }
}

const article = (type: string) =>
  /^[aeio]/.test(type) ? `an ${type}` : type === 'null' ? 'null' : `a ${type}`;
