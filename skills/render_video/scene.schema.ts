import { Type, type Static, type TSchema } from '@cairn/skill-kit';

/** `#rrggbb`, `primary`, `secondary`, `accent`, `background`, `mix(a, b, 0.4)`, `on(a)` or `readable(a, b)`. */
const Colour = Type.String({ minLength: 1, maxLength: 200 });
const Colours = Type.Array(Colour, { minItems: 1, maxItems: 12 });
/** Top and bottom. A tuple of TypeBox speaks an older draft of JSON Schema, which ajv refuses. */
const TwoColours = Type.Unsafe<[string, string]>({ ...Type.Array(Colour, { minItems: 2, maxItems: 2 }) });
const Role = Type.Union([Type.Literal('intro'), Type.Literal('win'), Type.Literal('lose')]);
/** A part of the frame's width or height. */
const Part = Type.Number({ minimum: -1, maximum: 2 });
/** A part of the frame's shorter side. */
const Size = Type.Number({ exclusiveMinimum: 0, maximum: 2 });
/** Turns, widths or heights per second. */
const Speed = Type.Number({ minimum: -4, maximum: 4 });
const Opacity = Type.Number({ minimum: 0, maximum: 1 });
const place = { x: Part, y: Part, size: Size };

const layer = <const K extends string, F extends Record<string, TSchema>>(kind: K, fields: F) =>
  Type.Object(
    { kind: Type.Literal(kind), roles: Type.Optional(Type.Array(Role, { minItems: 1 })), ...fields },
    { additionalProperties: false },
  );

/** One layer of a picture; later ones cover earlier ones. With `roles` it is in those films only. */
export const Layer = Type.Union([
  /** Colours from top to bottom. */
  layer('sky', {
    stops: Type.Array(Type.Object({ at: Opacity, color: Colour }), { minItems: 2, maxItems: 12 }),
  }),
  layer('stars', { count: Type.Integer({ minimum: 0, maximum: 300 }), color: Colour, below: Part }),
  /** Stars of four points that grow and shrink. */
  layer('twinkle', { count: Type.Integer({ minimum: 1, maximum: 60 }), color: Colour, below: Part }),
  /** A disc cut by slits, as on the games of the eighties; `rise` is how far its middle is above `y`. */
  layer('retro_sun', {
    ...place,
    rise: Type.Number({ minimum: -1, maximum: 1 }),
    top: Colour,
    bottom: Colour,
    halo: Colour,
  }),
  /** Mountains with lit edges to both sides. */
  layer('ridges', { horizon: Part, fill: Colour, edge: Colour }),
  /** A floor of light lines that runs towards the viewer. */
  layer('grid', { horizon: Part, floor: Colour, line: Colour, speed: Speed }),
  /** Bulbs around the frame, lit in turn. */
  layer('marquee', { color: Colour, lit: Colour }),
  /** Beams that turn about a point. */
  layer('rays', {
    x: Part,
    y: Part,
    count: Type.Integer({ minimum: 3, maximum: 40 }),
    color: Colour,
    opacity: Opacity,
    speed: Speed,
  }),
  layer('paper_sun', { ...place, core: Colour, rim: Colour }),
  layer('clouds', {
    count: Type.Integer({ minimum: 1, maximum: 12 }),
    color: Colour,
    shadow: Colour,
    speed: Speed,
  }),
  layer('hills', { colors: Colours, top: Part, shadow: Colour }),
  /** `y` is the ground behind which it stands. */
  layer('big_wheel', { ...place, color: Colour, cabins: Colours, shadow: Colour, speed: Speed }),
  layer('tent', { ...place, stripes: TwoColours, flag: Colour, shadow: Colour }),
  layer('bunting', { colors: Colours, string: Colour, shadow: Colour }),
  /** Pieces thrown up from the lower corners, falling while they turn. */
  layer('confetti', {
    count: Type.Integer({ minimum: 1, maximum: 400 }),
    colors: Colours,
    shadow: Type.Optional(Colour),
  }),
  layer('fireworks', { colors: Colours }),
  /** Thin lines (`streak`) or leaves, falling slowly. */
  layer('falling', {
    shape: Type.Union([Type.Literal('streak'), Type.Literal('leaf')]),
    count: Type.Integer({ minimum: 1, maximum: 200 }),
    colors: Colours,
    speed: Speed,
  }),
  /** Darker towards the corners, so that the middle is looked at. */
  layer('vignette', { color: Colour, opacity: Opacity }),
]);
export type Layer = Static<typeof Layer>;
export type LayerOf<K extends Layer['kind']> = Extract<Layer, { kind: K }>;

const TitleStyle = Type.Object({
  /** Font weight. */
  weight: Type.Integer({ minimum: 100, maximum: 900 }),
  /** From top to bottom of the letters. */
  fill: TwoColours,
  /** Around the letters, in parts of the font size. */
  outline: Type.Object({ color: Colour, width: Type.Number({ minimum: 0, maximum: 0.5 }) }),
  /** Light around all letters; strength 0 is none. */
  glow: Type.Object({ color: Colour, strength: Opacity }),
  /** Hard-edged; its distance in parts of the font size. */
  shadow: Type.Object({ color: Colour, opacity: Opacity, distance: Type.Number({ minimum: 0, maximum: 1 }) }),
  /** How far each letter is turned from upright, in degrees at most. */
  jitter: Type.Number({ minimum: 0, maximum: 15 }),
});

const ButtonStyle = Type.Object({
  /** From top to bottom. */
  fill: TwoColours,
  label: Colour,
  edge: Colour,
  /** Of the corners, in parts of half the shorter side. */
  radius: Opacity,
  /** `glow` is light around it; `paper` a shadow below and a seam inside. */
  finish: Type.Union([Type.Literal('glow'), Type.Literal('paper')]),
});

/** How a title comes in; `saturation` is what is left of the colours in the end, 1 for all. */
const RoleStyle = Type.Object({
  entrance: Type.Union([
    Type.Literal('flicker'),
    Type.Literal('pop'),
    Type.Literal('slam'),
    Type.Literal('leap'),
    Type.Literal('sink'),
  ]),
  saturation: Opacity,
});

/** How a theme's films look: `themes/<theme>/scene.json`. */
export const Scene = Type.Object(
  {
    /** Behind the title. */
    backdrop: Type.Array(Layer, { minItems: 1, maxItems: 24 }),
    /** In front of it. */
    foreground: Type.Array(Layer, { maxItems: 12 }),
    title: TitleStyle,
    button: ButtonStyle,
    roles: Type.Object({ intro: RoleStyle, win: RoleStyle, lose: RoleStyle }),
  },
  { additionalProperties: false },
);
export type Scene = Static<typeof Scene>;
export type Role = Static<typeof Role>;
