/**
 * Module hooks that make every skill of a worker append a line, `<skill> <run>/<step>`, to the file
 * CAIRN_TEST_EXECUTIONS when it is executed: a count outside the engine's own records. The files on disk, and so
 * the fingerprints, stay as they are.
 */
const SKILL = /\/skills\/[^/]+\/dist\/run\.js$/;

interface Loaded {
  readonly format: string;
  readonly shortCircuit?: boolean;
  readonly source: string;
}

export async function load(
  url: string,
  context: unknown,
  next: (url: string, context: unknown) => Promise<Loaded>,
): Promise<Loaded> {
  if (!SKILL.test(url)) return next(url, context);
  const source = `
    import { appendFileSync } from 'node:fs';
    import inner from ${JSON.stringify(`${url}?counted`)};
    export default {
      ...inner,
      run(context) {
        appendFileSync(process.env.CAIRN_TEST_EXECUTIONS, inner.skill.id + ' ' + context.idempotencyKey + '\\n');
        return inner.run(context);
      },
    };`;
  return { format: 'module', shortCircuit: true, source };
}
