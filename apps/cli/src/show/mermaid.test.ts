import { expect, test } from '@jest/globals';
import { mermaid } from './mermaid.js';

const ref = (step: string) => ({ $: 'ref' as const, step, path: [] });
const node = (kind: 'step' | 'map' | 'child' | 'gate', id: string, more: object = {}) => ({
  ...{ kind, id, input: ref('$trigger') },
  ...more,
});
const dependsOn = (id: string, ...steps: string[]) => ({
  id,
  kind: 'step' as const,
  dependsOn: steps,
  unkeyed: [],
});

test('each kind of node has a shape, and conditions and maps are seen', () => {
  const body = [
    node('step', 'render', { skill: 'render_video', input: ref('all[]') }),
    node('step', 'check', { skill: 'check', input: { $: 'arr', of: [ref('render'), ref('list')] } }),
  ];
  const steps = [
    node('step', 'list', { skill: 'list' }),
    node('map', 'all', { body }),
    node('gate', 'end', { role: 'approver', when: ref('list') }),
    node('child', 'say "go"', { workflow: 'campaign.publish' }),
  ];
  const drawn = mermaid({
    steps: [
      dependsOn('list'),
      dependsOn('all', 'list'),
      dependsOn('end', 'list', 'all'),
      dependsOn('say "go"', 'end'),
    ],
    graph: { format: 'cairn-graph/1', name: 'a', version: '1.0.0', steps, output: {}, search: {} },
  });
  expect(drawn).toEqual([
    'flowchart TD',
    '  n0["list"]',
    '  subgraph n1 ["all<br/>for each item"]',
    '    n2["render<br/>render_video"]',
    '    n3["check"]',
    '  end',
    '  n4{{"end<br/>approval by approver"}}',
    '  n5[["say #34;go#34;<br/>campaign.publish"]]',
    '  n0 --> n1',
    '  n0 -.-> n4',
    '  n1 -.-> n4',
    '  n4 --> n5',
    '  n2 --> n3',
  ]);
});
