import type { Adapter } from '@cairn/skill-kit';
import { stubAudio } from './audio/stub/adapter.js';

export { stubAudio } from './audio/stub/adapter.js';

/** The adapters that need neither network nor key, one for each port. */
export const builtInAdapters: readonly Adapter[] = [stubAudio];
