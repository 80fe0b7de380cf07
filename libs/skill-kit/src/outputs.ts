import { jcs } from '@cairn/canonical';
import { compile } from '@cairn/dto';
import type { TSchema } from 'typebox';
import { TerminalError } from './errors.js';
import { ARTIFACT_KEYWORD, JSON_KEYWORD, type FileRef } from './files.js';

/** The bound of what travels by value: Temporal's payloads and the records stay small. */
export const MAX_OUTPUT_BYTES = 64 * 1024;

/** What an output schema marks as artifacts: files by reference, documents by value. */
export type FoundArtifact =
  | { readonly kind: 'file'; readonly name: string; readonly file: FileRef }
  | { readonly kind: 'json'; readonly name: string; readonly type: string; readonly value: unknown };

type Node = Record<string, unknown>;
const isNode = (value: unknown): value is Node =>
  value !== null && typeof value === 'object' && !Array.isArray(value);

/** Finds the artifacts in an output, in the order of the schema's fields. */
export function findArtifacts(schema: TSchema, output: unknown): readonly FoundArtifact[] {
  const found = new Map<string, FoundArtifact>();
  // `oneOfMany`: below an anyOf, where the schema says only that one of its branches fits.
  const visit = (node: unknown, value: unknown, name: string, oneOfMany = false): void => {
    if (!isNode(node) || value === undefined) return;
    const type = node[ARTIFACT_KEYWORD];
    if (typeof type === 'string') {
      if (oneOfMany && compile(node as TSchema).check(value).length > 0) return;
      const artifact: FoundArtifact = node[JSON_KEYWORD]
        ? { kind: 'json', name, type, value }
        : { kind: 'file', name, file: value as FileRef };
      found.set(name, artifact);
      return;
    }
    for (const branch of branches(node, 'allOf')) visit(branch, value, name, oneOfMany);
    for (const branch of branches(node, 'anyOf')) visit(branch, value, name, true);
    if (Array.isArray(value))
      value.forEach((item, at) => visit(node['items'], item, join(name, String(at)), oneOfMany));
    else if (isNode(value))
      for (const [key, item] of Object.entries(value))
        visit(memberSchema(node, key), item, join(name, key), oneOfMany);
  };
  visit(schema, output, '');
  return [...found.values()];
}

const branches = (node: Node, keyword: 'allOf' | 'anyOf') => (node[keyword] as unknown[] | undefined) ?? [];
const join = (name: string, key: string) => (name === '' ? key : `${name}.${key}`);

function memberSchema(node: Node, key: string): unknown {
  const properties = node['properties'];
  if (isNode(properties) && Object.hasOwn(properties, key)) return properties[key];
  const patterns = node['patternProperties'];
  const match =
    isNode(patterns) && Object.entries(patterns).find(([pattern]) => new RegExp(pattern, 'u').test(key));
  return match ? match[1] : node['additionalProperties'];
}

/**
 * Checks what a skill returned against its own schema and the bound on values.
 * @throws TerminalError OUTPUT_INVALID: the skill breaks its contract, so another try would too.
 */
export function checkOutput(skillId: string, schema: TSchema, output: unknown): void {
  const issues = compile(schema).check(output);
  if (issues.length > 0) {
    const { path, message } = issues[0]!;
    throw new TerminalError(
      'OUTPUT_INVALID',
      `${skillId} returned what its schema refuses: ${path || '/'} ${message}`,
      issues,
    );
  }
  const size = Buffer.byteLength(jcs(output));
  if (size > MAX_OUTPUT_BYTES)
    throw new TerminalError(
      'OUTPUT_TOO_LARGE',
      `${skillId} returned ${size} bytes by value, the bound is ${MAX_OUTPUT_BYTES}; write a file instead`,
    );
}
