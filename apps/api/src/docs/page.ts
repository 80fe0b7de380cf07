import { createHash } from 'node:crypto';
import { http } from '@cairn/dto';
import type { OpenApi, Operation, Schema } from './document.js';
import { Html, html, prose } from './html.js';
import { fieldTable, parameterTable, typeOf } from './schema-table.js';
import { STYLE } from './style.js';

interface Placed {
  readonly method: string;
  readonly path: string;
  readonly operation: Operation;
}

const EXAMPLE = `curl -i http://127.0.0.1:3000/v1/runs \\
  -H 'Content-Type: application/json' \\
  -H 'Idempotency-Key: my-first-campaign' \\
  -d '{"workflow": "campaign.build", "trigger": {"campaign_id": "neon-nights",
       "campaign_name": "Neon Nights", "template_id": "spin_wheel_v1"}}'`;

function operationArticle({ method, path, operation }: Placed): Html {
  const { operationId, summary, description, parameters, requestBody, responses } = operation;
  const body = requestBody?.content['application/json']?.schema;
  return html`<article id="${operationId}">
    <div class="route"><span class="method ${method}">${method.toUpperCase()}</span><code>${path}</code></div>
    <h3>${summary}</h3>
    ${description !== undefined && html`<p>${prose(description)}</p>`}
    ${
      parameters &&
      html`<h4>Parameters</h4>
        ${parameterTable(parameters)}`
    }
    ${
      body &&
      html`<h4>Body</h4>
        <p>${typeOf(body)}, as <code>application/json</code></p>`
    }
    <h4>Answers</h4>
    <div class="scroll">
      <table>
        <tbody>
          ${Object.entries(responses).map(answerRow)}
        </tbody>
      </table>
    </div>
  </article>`;
}

function answerRow([status, { description, content, headers }]: [
  string,
  Operation['responses'][string],
]): Html {
  const [mediaType, schema] =
    Object.entries(content ?? {}).map(([type, { schema }]) => [type, schema] as const)[0] ?? [];
  const named = mediaType === 'application/json' || mediaType === 'application/problem+json';
  return html`<tr>
    <th scope="row" class="status">${status}</th>
    <td>${schema && (named ? typeOf(schema) : html`<code>${mediaType}</code>`)}</td>
    <td>
      ${prose(description)}${Object.entries(headers ?? {}).map(
        ([name, header]) => html`<br /><code>${name}</code> ${prose(header.description)}`,
      )}
    </td>
  </tr>`;
}

const schemaArticle = ([name, schema]: [string, Schema]): Html =>
  html`<article id="schema-${name}">
    <h3>${name}</h3>
    ${fieldTable(schema)}
  </article>`;

const problemArticle = ([code, { status, title, about }]: [
  string,
  { status: number; title: string; about: string },
]) =>
  html`<article id="${code}">
    <div class="route"><span class="status">${status}</span><code>${code}</code></div>
    <p>${title}. ${prose(about)}</p>
  </article>`;

/** Whole, because the policy names the digest of every character between the tags. */
const STYLE_ELEMENT = new Html(`<style>${STYLE}</style>`);

/**
 * The page at `/docs`: the OpenAPI document for a reader. It runs nothing and loads nothing.
 * @returns the page, and the Content-Security-Policy that allows just its own style sheet.
 */
export function docsPage(document: object): { html: string; policy: string } {
  const { info, tags, paths, components } = document as OpenApi;
  const all: Placed[] = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ method, path, operation })),
  );
  const of = (tag: string) => all.filter(({ operation }) => operation.tags.includes(tag));
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${info.title} API ${info.version}</title>
        ${STYLE_ELEMENT}
      </head>
      <body>
        <div class="layout">
          <nav aria-label="Contents">
            <a class="brand" href="#top">${info.title}</a>
            ${tags.map(
              ({ name }) =>
                html`<strong>${name}</strong>${of(name).map(
                    ({ operation }) => html`<a href="#${operation.operationId}">${operation.summary}</a>`,
                  )}`,
            )}
            <strong>reference</strong><a href="#schemas">Schemas</a><a href="#problems">Problems</a>
          </nav>
          <main id="top">
            <h1>${info.title} API <small>${info.version}</small></h1>
            <p>
              ${prose(info.description)} For programs, the same is at
              <a href="/openapi.json">/openapi.json</a>.
            </p>
            <h4>Start a run</h4>
            <pre><code>${EXAMPLE}</code></pre>
            ${tags.map(
              ({ name, description }) =>
                html`<h2 id="tag-${name}">${name}</h2>
                  <p class="dim">${description}</p>
                  ${of(name).map(operationArticle)}`,
            )}
            <h2 id="schemas">Schemas</h2>
            ${Object.entries(components.schemas).map(schemaArticle)}
            <h2 id="problems">Problems</h2>
            <p class="dim">${prose('Every error carries one of these in `code`.')}</p>
            ${Object.entries(http.PROBLEMS).map(problemArticle)}
          </main>
        </div>
      </body>
    </html>`;
  const style = createHash('sha256').update(STYLE).digest('base64');
  return {
    html: page.text,
    policy: `default-src 'none'; style-src 'sha256-${style}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
  };
}
