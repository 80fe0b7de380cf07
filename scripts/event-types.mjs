// Writes docs/event-types.md from the registry of events in dto/src/events. With --check it writes nothing, and fails when
// what is committed is not what it would write.
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import prettier from 'prettier';
import { events } from '../dto/dist/index.js';

const page = join(dirname(fileURLToPath(import.meta.url)), '../docs/event-types.md');

const HEAD = `# Types of events

Every change of a state is told by an event, written in the transaction that makes it: there is no change without its event, and no event
of a change that did not happen. \`GET /v1/event-types\` gives the JSON Schema of what each carries in \`data\`; its \`$id\` is the \`dataschema\` of
the event. Later versions may add types, and fields to \`data\`: a reader leaves out what it does not know.

This page is written by \`scripts/event-types.mjs\`. A \`?\` marks what may be absent.
`;

const fields = schema => {
  const required = new Set(schema.required ?? []);
  return Object.keys(schema.properties)
    .map(name => `\`${name}\`${required.has(name) ? '' : '?'}`)
    .join(', ');
};
const bySubject = new Map();
for (const [type, { says, schema }] of Object.entries(events.EVENT_TYPES)) {
  const subject = type.slice(0, type.indexOf('.'));
  const row = `| \`${type}\` | ${says.replaceAll('|', '\\|')} | ${fields(schema)} |`;
  bySubject.set(subject, [...(bySubject.get(subject) ?? []), row]);
}
const tables = [...bySubject].map(
  ([subject, rows]) =>
    `## ${subject}\n\n| type | when | \`data\` |\n| --- | --- | --- |\n${rows.join('\n')}\n`,
);
const options = await prettier.resolveConfig(page);
const text = await prettier.format([HEAD, ...tables].join('\n'), { ...options, parser: 'markdown' });

if (process.argv.includes('--check')) {
  if (readFileSync(page, 'utf8') !== text) {
    console.error('docs/event-types.md: out of date; run node scripts/event-types.mjs');
    process.exitCode = 1;
  }
} else writeFileSync(page, text);
