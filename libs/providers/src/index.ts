import type { Adapter } from '@cairn/skill-kit';
import { stubAudio } from './audio/stub/adapter.js';
import { builtInLanguage } from './language/built-in.js';

export { stubAudio } from './audio/stub/adapter.js';
export { builtInLanguage } from './language/built-in.js';

/** The adapters that need neither network nor key, one for each port. */
export const builtInAdapters: readonly Adapter[] = [stubAudio, builtInLanguage];
