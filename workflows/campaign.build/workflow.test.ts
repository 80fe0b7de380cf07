import { readFileSync, readdirSync } from 'node:fs';
import { CampaignTrigger, compile, withDefaults, type Issue } from '@cairn/dto';
import {
  UNKNOWN,
  dependencies,
  evaluate,
  references,
  skillSteps,
  unkeyedFields,
  type StepNode,
  type TriggerServices,
} from '@cairn/pipeline';
import { describe, expect, test } from '@jest/globals';
import { campaignBuild } from './workflow.js';

const { graph, rules } = campaignBuild;
const step = (id: string): StepNode => skillSteps(graph).find(each => each.id === id)!;
const least = { campaign_id: 'a', campaign_name: 'A', template_id: 'spin_wheel_v1' };
const triggerOf = (more: object = {}) =>
  compile(CampaignTrigger).parse(withDefaults(CampaignTrigger, { ...least, ...more }));

describe('the graph', () => {
  test('has the steps of the specification, each with its skill and what it needs', () => {
    const table = skillSteps(graph).map(each => [each.id, each.skill, [...dependencies(each)].sort()]);
    expect(table).toEqual([
      ['game_config', 'game_config_from_template', []],
      ['bgm', 'generate_bgm', ['game_config']],
      ['sfx', 'generate_sfx', ['game_config']],
      ['intro_video', 'render_video', ['bgm', 'game_config']],
      ['win_video', 'render_video', ['bgm', 'game_config']],
      ['lose_video', 'render_video', ['bgm', 'game_config']],
      ['game_bundle', 'bundle_game_template', ['bgm', 'game_config', 'sfx']],
      [
        'manifest',
        'assemble_campaign_manifest',
        ['bgm', 'game_bundle', 'game_config', 'intro_video', 'lose_video', 'sfx', 'win_video'],
      ],
      [
        'package',
        'package_campaign',
        ['bgm', 'game_bundle', 'game_config', 'intro_video', 'lose_video', 'manifest', 'sfx', 'win_video'],
      ],
    ]);
  });

  test.each([
    ['bgm', ['audio/bgm', 'visuals/theme']],
    ['sfx', ['audio/sfx', 'visuals/theme']],
    ['intro_video', ['button_label', 'copy/title', 'settings/locale', 'visuals/colors', 'visuals/theme']],
    ['win_video', ['copy/win_message', 'settings/locale', 'visuals/colors', 'visuals/theme']],
    ['lose_video', ['copy/lose_message', 'settings/locale', 'visuals/colors', 'visuals/theme']],
    ['game_bundle', ['']],
    ['manifest', ['settings/locale', 'template_id', 'version', 'visuals/theme']],
    ['package', ['settings/locale', 'visuals/colors', 'visuals/theme']],
  ])('%s reads of the config just %j', (id, fields) => {
    const config = { template_id: 't', version: 'v' };
    const read = references(step(id).input).filter(ref => ref.step === 'game_config');
    const paths = read.flatMap(({ path: [head, ...rest] }) =>
      head === 'config' && id === 'manifest' && rest.length === 0
        ? Object.keys(config)
        : [head, ...rest].join('/'),
    );
    expect([...new Set(paths.map(path => path.replace(/^config\/?/, '')))].sort()).toEqual(fields);
  });

  test('only the manifest sees the time, and outside its key', () => {
    const unkeyed = graph.steps.flatMap(each => unkeyedFields(each).map(field => `${each.id}: ${field}`));
    expect(unkeyed).toEqual(['manifest: $run.created_at']);
    const run = graph.steps.filter(each => references(each.input).some(ref => ref.step === '$run'));
    expect(run.map(each => each.id)).toEqual(['manifest']);
  });

  test('gives package, manifest and poster, and is found by campaign', () => {
    expect(graph.output).toEqual({
      $: 'obj',
      of: {
        campaign: { $: 'ref', step: 'package', path: ['campaign'] },
        manifest: { $: 'ref', step: 'manifest', path: ['manifest'] },
        poster: { $: 'ref', step: 'intro_video', path: ['poster'] },
      },
    });
    expect(graph.search).toEqual({ campaign: { $: 'ref', step: '$trigger', path: ['campaign_id'] } });
  });
});

describe('a changed win text', () => {
  const config = (win_message: string) => ({
    template_id: 'spin_wheel_v1',
    version: '1.0.0',
    settings: { locale: 'en-US', duration_sec: 30 },
    visuals: { theme: 'neon_arcade', colors: { primary: '#ff2bd6' } },
    audio: { bgm: { volume: 1 }, sfx: {} },
    copy: { title: 'a', win_message, lose_message: 'c' },
  });
  const inputs = (win_message: string) => {
    const known = new Map<string, unknown>([
      ['$trigger', triggerOf()],
      ['game_config', { config: config(win_message), button_label: 'Go' }],
      ['bgm', { track: { digest: '1' } }],
      ['sfx', { effects: {} }],
    ]);
    return new Map(graph.steps.map(each => [each.id, evaluate(each.input, known, { keyed: true })]));
  };

  test('is another input for win video and bundle, the same one for every other known step', () => {
    const [before, after] = [inputs('You won'), inputs('Hurray')];
    const known = [...before].filter(([, input]) => input !== UNKNOWN).map(([id]) => id);
    expect(known).toEqual([
      'game_config',
      'bgm',
      'sfx',
      'intro_video',
      'win_video',
      'lose_video',
      'game_bundle',
    ]);
    const changed = known.filter(id => JSON.stringify(before.get(id)) !== JSON.stringify(after.get(id)));
    expect(changed).toEqual(['win_video', 'game_bundle']);
  });
});

describe('the rules of a trigger', () => {
  // Real: the shipped template and theme.
  const kit = new URL('../../../libs/campaign-kit/', import.meta.url);
  const shipped = ['templates/spin_wheel_v1/template.json', 'themes/neon_arcade/theme.json'];
  const services: TriggerServices = {
    resource: path =>
      shipped.includes(path) ? (JSON.parse(readFileSync(new URL(path, kit), 'utf8')) as unknown) : undefined,
  };
  const issues = (more: object) => rules(triggerOf(more) as never, services);
  const broken = (path: string, message: string): Issue => ({ path, code: 'VALIDATION_ERROR', message });

  test('a plain trigger keeps them', () => expect(issues({})).toEqual([]));

  test('the shipped examples keep them', () => {
    const examples = new URL('../../../examples/', import.meta.url);
    const shippedToo: TriggerServices = {
      resource: path => JSON.parse(readFileSync(new URL(path, kit), 'utf8')) as unknown,
    };
    for (const name of readdirSync(examples).filter(file => file.endsWith('.json'))) {
      const example = JSON.parse(readFileSync(new URL(name, examples), 'utf8')) as object;
      expect([name, rules(triggerOf(example) as never, shippedToo)]).toEqual([name, []]);
    }
  });

  test('template and theme exist', () => {
    expect(issues({ template_id: 'no_such', theme: 'none' })).toEqual([
      broken('/template_id', 'must name a template that exists, not no_such'),
      broken('/theme', 'must name a theme that exists, not none'),
    ]);
  });

  test('the template takes the mechanics', () => {
    const prizes = [
      { label: '', win: true },
      { label: 'x', win: 'no' },
    ];
    expect(issues({ mechanics: { prizes } }).map(issue => issue.path)).toEqual([
      '/mechanics/prizes',
      '/mechanics/prizes/0/label',
      '/mechanics/prizes/0/label',
      '/mechanics/prizes/1/win',
    ]);
    expect(issues({ mechanics: { spin_duration_ms: 999 } })).toEqual([
      broken('/mechanics/spin_duration_ms', 'must be at least 1000'),
    ]);
  });

  test('the button stays in the frame', () => {
    expect(issues({ button: { x: 1270, y: 0, width: 100, height: 20 } })).toEqual([
      broken('/button/width', "must keep the button inside the frame's 1280 pixels of width"),
    ]);
  });

  test('a template whose file is broken is an error of the installation', () => {
    const half: TriggerServices = { resource: () => ({ id: 'spin_wheel_v1' }) };
    expect(() => rules(triggerOf() as never, half)).toThrow(
      /^templates\/spin_wheel_v1\/template.json is not valid/,
    );
  });
});
