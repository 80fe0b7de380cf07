export { toEnvelope } from './envelope.js';
export { EventFeed, type FeedOptions, type WakeUp } from './event-feed.js';
export { isOfTypes, type FollowedItem, type Follower, type FollowOptions, type Reset } from './follower.js';
export type { LogEntry } from './live-log.js';
export type { Log } from './log.js';
export { Sequencer, type SequencerOptions } from './sequencer.js';
