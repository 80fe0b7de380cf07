import type { Parameter, Schema } from './document.js';
import { html, prose, type Html } from './html.js';

/** What a value may be, in a few words; named schemas are links. */
export function typeOf(schema: Schema): Html {
  const name = schema.$ref?.split('/').at(-1);
  if (name !== undefined) return html`<a href="#schema-${name}">${name}</a>`;
  if (schema.const !== undefined) return html`<code>${JSON.stringify(schema.const)}</code>`;
  if (schema.enum)
    return html`${schema.enum.map((value, i) => html`${i > 0 && ' | '}<code>${JSON.stringify(value)}</code>`)}`;
  if (schema.items) return html`list of ${typeOf(schema.items)}`;
  return html`${schema.type ?? 'any JSON'}`;
}

function rules(schema: Schema): Html {
  const said = [
    schema.format && `format ${schema.format}`,
    schema.minimum !== undefined && schema.maximum !== undefined && `${schema.minimum} to ${schema.maximum}`,
    schema.minimum !== undefined && schema.maximum === undefined && `at least ${schema.minimum}`,
    schema.maxLength !== undefined && `at most ${schema.maxLength} characters`,
    schema.default !== undefined && `default ${JSON.stringify(schema.default)}`,
  ].filter(rule => typeof rule === 'string');
  return html`${said.length > 0 && html` <span class="rule">${said.join(', ')}</span>`}${
    schema.pattern !== undefined && html` <code class="pattern">${schema.pattern}</code>`
  }`;
}

const row = (name: string, required: boolean, where: string, schema: Schema, about?: string): Html =>
  html`<tr>
    <th scope="row">
      <code>${name}</code>${required && html`<span class="required" title="required">required</span>`}
    </th>
    <td>${where !== '' && html`<span class="where">${where}</span> `}${typeOf(schema)}${rules(schema)}</td>
    <td>${about !== undefined && prose(about)}</td>
  </tr>`;

const table = (rows: readonly Html[]): Html =>
  html`<div class="scroll">
    <table>
      <tbody>
        ${rows}
      </tbody>
    </table>
  </div>`;

/** The fields of an object. */
export function fieldTable(schema: Schema): Html {
  const rows = Object.entries(schema.properties ?? {}).map(([name, field]) =>
    row(name, schema.required?.includes(name) ?? false, '', field, field.description),
  );
  return rows.length > 0 ? table(rows) : html`<p>${typeOf(schema)}</p>`;
}

/** The parameters of an operation. */
export const parameterTable = (parameters: readonly Parameter[]): Html =>
  table(parameters.map(p => row(p.name, p.required, p.in, p.schema, p.description)));
