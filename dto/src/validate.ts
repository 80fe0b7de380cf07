import type { ErrorObject } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { Static, TSchema } from 'typebox';
import { ValidationError, type Issue } from './errors.js';
import { FORMATS } from './formats.js';
import { toIssue } from './issues.js';
import { domainIssues, sizeIssues } from './json-domain.js';

/** A compiled schema. */
export interface Validator<T> {
  /** What is wrong with the value; nothing when it is valid. After the 100th issue one more says how many follow. */
  check(value: unknown): Issue[];
  /**
   * The same value, typed.
   * @throws ValidationError with the issues of `check`.
   */
  parse(value: unknown, subject?: string): T;
}

const ajv = new Ajv2020({
  allErrors: true,
  strict: true,
  strictRequired: false,
  allowUnionTypes: true,
  verbose: true,
  validateSchema: true,
});
for (const [name, { test }] of Object.entries(FORMATS))
  ajv.addFormat(name, { type: 'string', validate: test });
// Annotations of ours: artifact types of fields, and what an error says when a field breaks its rule.
ajv.addVocabulary(['x-artifact', 'x-artifact-json', 'x-code', 'x-message']);

/** Not an error that another one sums up: of a map's key, or of each item that is not the one looked for. */
const isOwnWord = (error: ErrorObject): boolean =>
  error.propertyName === undefined && !error.schemaPath.includes('/contains/');

/** One issue for each place and keyword: a field that three others need is missing once. */
function issuesOf(errors: readonly ErrorObject[]): Issue[] {
  const issues = new Map<string, Issue>();
  for (const error of errors.filter(isOwnWord)) {
    const issue = toIssue(error);
    const known = `${issue.path} ${error.keyword}`;
    if (!issues.has(known)) issues.set(known, issue);
  }
  return [...issues.values()];
}

/** More than anybody reads; an answer stays small, whatever was sent. */
const MAX_ISSUES = 100;

function capped(issues: Issue[]): Issue[] {
  const more = issues.length - MAX_ISSUES;
  if (more <= 0) return issues;
  const message = `breaks ${more} more ${more === 1 ? 'rule' : 'rules'}`;
  return [...issues.slice(0, MAX_ISSUES), { path: '', code: 'VALIDATION_ERROR', message }];
}

const compiled = new WeakMap<object, Validator<unknown>>();

/**
 * Compiles a JSON Schema (draft 2020-12), once per schema object. Unknown fields are for the schema to refuse;
 * keys such as `__proto__`, U+0000 and the like are refused whatever it says.
 *
 * @throws Error when the schema itself is not valid in ajv's strict mode.
 */
export function compile<S extends TSchema>(schema: S): Validator<Static<S>> {
  const known = compiled.get(schema);
  if (known !== undefined) return known as Validator<Static<S>>;
  const validate = ajv.compile(schema as object);
  // ajv would keep every schema for ever; those of templates come and go with their files.
  ajv.removeSchema(schema as object);
  const check = (value: unknown): Issue[] => {
    const tooLarge = sizeIssues(value);
    if (tooLarge.length > 0) return tooLarge;
    const unsafe = domainIssues(value);
    if (unsafe.length > 0) return capped(unsafe);
    return validate(value) ? [] : capped(issuesOf(validate.errors ?? []));
  };
  const validator: Validator<unknown> = {
    check,
    parse: (value, subject) => {
      const issues = check(value);
      if (issues.length > 0) throw new ValidationError(issues, subject);
      return value;
    },
  };
  compiled.set(schema, validator);
  return validator as Validator<Static<S>>;
}
