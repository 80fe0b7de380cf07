import { expect, test } from '@jest/globals';
import { CairnError, http, ValidationError } from '@cairn/dto';
import { problemOf } from './problem-of.js';

test.each(Object.entries(http.PROBLEMS))('%s has one status and one title', (code, { status, title }) => {
  const { problem } = problemOf(new CairnError(code, 'what happened'));
  expect(problem).toMatchObject({ type: `/docs#${code}`, title, status, code });
});

test('broken rules keep their paths', () => {
  const issues = [{ path: '/a~1b', code: 'INVALID_HASH', message: 'must match' }];
  expect(problemOf(new ValidationError(issues)).problem).toMatchObject({ status: 400, errors: issues });
});

test('PostgreSQL away is 503 with a time to come back', () => {
  const { problem, headers } = problemOf(Object.assign(new Error('connect'), { code: 'ECONNREFUSED' }));
  expect([problem.code, problem.status, headers['Retry-After']]).toEqual(['DATABASE_UNAVAILABLE', 503, '1']);
});

test('what nobody foresaw is told to the log only', () => {
  const { problem } = problemOf(new Error('password=secret'));
  expect(problem).toEqual({
    type: '/docs#INTERNAL',
    title: 'Something went wrong here',
    status: 500,
    detail: 'Something went wrong here',
    code: 'INTERNAL',
    instance: expect.stringMatching(/^urn:uuid:[0-9a-f-]{36}$/),
  });
});
