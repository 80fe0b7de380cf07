import assert from 'node:assert/strict';
import { compile, http, type Issue } from '@cairn/dto';
import { operationsAt } from '../http/routes.js';

/**
 * A `fetch` for tests that holds every answer against the table of operations: the status is one that the operation
 * names, the body is of the schema that it gives for it.
 * @throws AssertionError saying what the table does not allow.
 */
export const checkedFetch: typeof fetch = async (input, init) => {
  const request = new Request(input, init);
  const response = await fetch(request);
  const { pathname } = new URL(request.url);
  const method = request.method === 'HEAD' ? 'get' : request.method.toLowerCase();
  const spec = operationsAt(pathname).find(operation => operation.method === method);
  await checkAnswer(
    `${request.method} ${pathname}: ${response.status}`,
    spec,
    request.method,
    response.clone(),
  );
  return response;
};

async function checkAnswer(
  what: string,
  spec: http.OperationSpec | undefined,
  method: string,
  response: Response,
): Promise<void> {
  const type = response.headers.get('content-type') ?? '';
  const answer = spec?.answers[response.status];
  const bodiless = method === 'HEAD' || response.status === 304;
  if (answer !== undefined) {
    if (answer.schema === undefined || bodiless) return;
    assert.match(type, /^application\/json/, what);
    assertValid(what, compile(answer.schema).check(await response.json()));
    return;
  }
  assert.match(
    type,
    /^application\/problem\+json/,
    `${what} is neither an answer of the operation nor a problem`,
  );
  if (bodiless) return;
  const problem = compile(http.Problem).parse(await response.json(), what);
  assert.equal(problem.status, response.status, what);
  // What is asked of no operation at all is a problem without one.
  if (spec && problem.code !== 'BAD_REQUEST')
    assert.ok(
      http.problemsOf(spec).some(code => code === problem.code),
      `${what} ${problem.code} is not declared`,
    );
}

function assertValid(what: string, issues: readonly Issue[]): void {
  assert.deepEqual(issues, [], `${what} is not of its schema`);
}
