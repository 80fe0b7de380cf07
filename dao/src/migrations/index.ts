import { Initial1700000000000 } from './1700000000000-initial.js';

/** Every migration, oldest first. One that has been released is never edited: a change is a new one. */
export const migrations = [Initial1700000000000];
