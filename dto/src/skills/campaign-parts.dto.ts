import { Type, type Static } from 'typebox';
import { Colour, HttpUrl, LogoUri, Probability, Text, Timestamp, closed, map } from '../types/scalars.js';

/** A rectangle in pixels of a video's frame, from its top left corner. */
export const Bounds = closed({
  x: Type.Integer({ minimum: 0, maximum: 1920 }),
  y: Type.Integer({ minimum: 0, maximum: 1920 }),
  width: Type.Integer({ minimum: 1, maximum: 1920 }),
  height: Type.Integer({ minimum: 1, maximum: 1920 }),
});
export type Bounds = Static<typeof Bounds>;

/** Corners of a polygon, each `[x, y]` in pixels of a video's frame. */
export const Polygon = Type.Array(Type.Array(Type.Number(), { minItems: 2, maxItems: 2 }), {
  minItems: 3,
  maxItems: 1024,
});
export type Polygon = Static<typeof Polygon>;

/** A country, `DE`, or one of its parts, `US-CA` (ISO 3166). */
const Region = Type.String({ pattern: '^[A-Z]{2}(-[A-Z0-9]{1,3})?$' });

/** Who may play, when and how often. */
export const CampaignRules = closed({
  active: Type.Boolean({ default: true }),
  start_date: Type.Optional(Timestamp),
  end_date: Type.Optional(Timestamp),
  max_plays_per_user: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000_000 })),
  global_win_rate: Type.Optional(Probability),
  require_login: Type.Boolean({ default: false }),
  allowed_regions: Type.Optional(Type.Array(Region, { maxItems: 300, uniqueItems: true })),
  excluded_regions: Type.Optional(Type.Array(Region, { maxItems: 300, uniqueItems: true })),
  /** Limits by name, e.g. `plays_per_minute`. */
  rate_limiting: Type.Optional(map(Type.Number({ minimum: 0 }), { maxProperties: 16 })),
});
export type CampaignRules = Static<typeof CampaignRules>;

export const Analytics = closed({
  enabled: Type.Boolean({ default: false }),
  tracking_id: Type.Optional(Type.String({ minLength: 1, maxLength: 128 })),
  events: Type.Array(Type.String({ minLength: 1, maxLength: 64 }), {
    maxItems: 64,
    uniqueItems: true,
    default: [],
  }),
});
export type Analytics = Static<typeof Analytics>;

export const Branding = closed({
  brand_name: Text(120),
  /** Data for whoever hosts the campaign: the package itself asks for nothing from outside. */
  logo_uri: Type.Optional(LogoUri),
  colors: closed({ primary: Type.Optional(Colour), secondary: Type.Optional(Colour) }, { default: {} }),
  font_family: Type.Optional(Text(120)),
});
export type Branding = Static<typeof Branding>;

/** Where a player goes after the outcome's video. */
export const OutcomeRedirect = closed({
  win_url: Type.Optional(HttpUrl),
  lose_url: Type.Optional(HttpUrl),
  delay_ms: Type.Integer({ minimum: 0, maximum: 600_000, default: 3000 }),
});
export type OutcomeRedirect = Static<typeof OutcomeRedirect>;
