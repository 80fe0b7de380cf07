import { Type, defineSkill, file, json } from '@cairn/skill-kit';

/** Small skills that the tests of this library build workflows from. */
export const Config = Type.Object({
  title: Type.String(),
  seconds: Type.Number(),
  look: Type.Object({ theme: Type.String(), colors: Type.Record(Type.String(), Type.String()) }),
});

export const configure = defineSkill({
  id: 'configure',
  version: '1.0.0',
  title: 'Configure',
  input: Type.Object({ title: Type.String(), brief: Type.Optional(Type.String()) }),
  output: Type.Object({ config: json('config/toy', Config) }),
});

export const compose = defineSkill({
  id: 'compose',
  version: '1.2.0',
  title: 'Compose',
  input: Type.Object({ theme: Type.String(), effects: Type.Optional(Type.Array(Type.String())) }),
  output: Type.Object({
    track: file('audio/bgm'),
    notes: Type.Array(Type.Object({ pitch: Type.Number() })),
    mood: Type.Optional(Type.String()),
  }),
  cache: { scope: 'run_only', ttl: '7d' },
  retry: { attempts: 5, backoff: '250ms' },
  timeout: '5m',
  queue: 'heavy',
});

export const bundle = defineSkill({
  id: 'bundle',
  version: '1.0.0',
  title: 'Bundle',
  input: Type.Object({
    music: file('audio/bgm'),
    title: Type.String(),
    at: Type.Optional(Type.String()),
  }),
  output: Type.Object({ game: file('bundle/game') }),
});

export const Trigger = Type.Object({
  id: Type.String(),
  title: Type.String(),
  seconds: Type.Number(),
  brief: Type.Optional(Type.String()),
  nested: Type.Object({ on: Type.Boolean(), names: Type.Array(Type.Object({ name: Type.String() })) }),
});
