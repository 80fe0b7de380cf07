import type { StepRequest } from '@cairn/pipeline';

/** What is said of a piece of work, by name. */
export type WorkFacts = Readonly<Record<string, string | number | boolean>>;

/** Whoever wants to know what the engine does and how long it takes, as it goes on. */
export interface Tracer {
  /**
   * Does work, and tells its name, its length and how it ended; work within work is a part of it.
   * @param work is given a function that says more of it, once more is known
   */
  span<T>(name: string, facts: WorkFacts, work: (say: (more: WorkFacts) => void) => Promise<T>): Promise<T>;
}

const UNHEARD = () => undefined;

/** Does a part of the engine's work, told to whoever listens; with nobody there it is the work and nothing else. */
export function traced<T>(
  { tracer }: { readonly tracer?: Tracer | undefined },
  name: string,
  facts: () => WorkFacts,
  work: (say: (more: WorkFacts) => void) => Promise<T>,
): Promise<T> {
  return tracer ? tracer.span(name, facts(), work) : work(UNHEARD);
}

/** How spans name a step. */
export function factsOf({ runId, stepId, tenantId, skillId }: StepRequest): WorkFacts {
  return {
    'cairn.run_id': runId,
    'cairn.step_id': stepId,
    'cairn.tenant': tenantId,
    'cairn.skill': skillId,
  };
}
