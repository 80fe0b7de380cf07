import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';

/** The metrics of a process, with those of Node and of the process itself. */
export function newRegistry(program: { readonly name: string; readonly version: string }): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  new Gauge({
    name: 'cairn_info',
    help: 'Which program this is; always 1.',
    labelNames: ['program', 'version'],
    registers: [registry],
  })
    .labels(program.name, program.version)
    .set(1);
  return registry;
}
