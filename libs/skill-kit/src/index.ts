export { Type, type Static, type TSchema } from 'typebox';
export { ARTIFACT_KEYWORD, JSON_KEYWORD, file, json, type ArtifactType, type FileRef } from './files.js';
export { MAX_OUTPUT_BYTES, checkOutput, findArtifacts, type FoundArtifact } from './outputs.js';
export { BROWSER_BUNDLE } from './browser-bundle.js';
export { resource, type Resource, type Resources, type ResourceValues } from './resources.js';
export type {
  Adapter,
  AdapterHost,
  AudioMetadata,
  AudioPort,
  GeneratedAudio,
  LanguagePort,
  PortName,
  Ports,
} from './ports.js';
export { defineSkill, inputOf, queueOf, type AnySkill, type Skill, type SkillSpec } from './define-skill.js';
export {
  DEFAULT_QUEUE,
  checkPolicy,
  type CachePolicy,
  type ExecutionPolicy,
  type RetryPolicy,
} from './policy.js';
export {
  implementSkill,
  type ByteSource,
  type LogLevel,
  type SkillContext,
  type SkillImplementation,
  type SkillLog,
  type SkillTools,
  type ThreadTools,
} from './implement-skill.js';
export { durationMs } from './duration.js';
export { runThread } from './run-thread.js';
export { RetryableError, TerminalError } from './errors.js';
