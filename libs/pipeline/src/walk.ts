import { evaluate } from './evaluate.js';
import { references } from './expression.js';
import { dependencies, unkeyedFields, type StepNode } from './graph.js';
import type { OpenedRun, RunRef, SettledStep, StepRequest } from './protocol.js';

/** How a step stands, as an operator reads it. */
export type Progress = 'pending' | 'running' | 'waiting' | 'executed' | 'cached' | 'failed' | 'skipped';

/**
 * Where a run stands in its graph. Knows what is ready, and what a step's end means for others; executes nothing.
 */
export class Walk {
  readonly progress = new Map<string, Progress>();
  firstFailure?: { readonly stepId: string; readonly code: string; readonly message: string };
  private readonly env: Map<string, unknown>;

  constructor(private readonly run: OpenedRun) {
    this.env = new Map<string, unknown>([
      ['$trigger', run.trigger],
      ['$run', run.facts],
    ]);
    for (const step of this.steps) {
      const settled = run.settled[step.id];
      if (settled) this.settle(step.id, settled);
      else this.progress.set(step.id, 'pending');
    }
  }

  get steps(): readonly StepNode[] {
    return this.run.graph.steps;
  }

  /** Pending steps all of whose dependencies have ended well. */
  ready(): readonly StepNode[] {
    return this.steps.filter(
      step => this.is(step.id, 'pending') && dependencies(step).every(id => this.env.has(id)),
    );
  }

  begin(stepId: string): void {
    this.progress.set(stepId, 'running');
  }

  /** The step waits for the execution of the same elsewhere, or ceases to. */
  wait(stepId: string, waiting: boolean): void {
    this.progress.set(stepId, waiting ? 'waiting' : 'running');
  }

  /** Whether a ready step is left out by its condition. */
  isOff(step: StepNode): boolean {
    return step.when !== undefined && evaluate(step.when, this.env, { keyed: false }) !== true;
  }

  input(step: StepNode, options: { keyed: boolean }): unknown {
    return evaluate(step.input, this.env, options);
  }

  /** What an activity is told to do the step, whose inputs are known. */
  request(run: RunRef, workflowId: string, step: StepNode): StepRequest {
    const { graph, options, rootRunId, facts } = this.run;
    const { refresh, bypass } = options;
    const refreshed = refresh === true || refresh?.includes(step.id);
    return {
      runId: run.runId,
      tenantId: run.tenantId,
      rootRunId,
      workflowId,
      workflowName: graph.name,
      stepId: step.id,
      skillId: step.skill,
      skillVersion: step.skillVersion,
      keyedInput: this.input(step, { keyed: true }),
      ...(unkeyedFields(step).length > 0 && { fullInput: this.input(step, { keyed: false }) }),
      policy: bypass ? { ...step.policy, cache: 'never' } : step.policy,
      ...(refreshed && { notBefore: facts.created_at }),
    };
  }

  /** Whether every step has come to its end. */
  get isOver(): boolean {
    return this.steps.every(({ id }) => !['pending', 'running', 'waiting'].includes(this.progress.get(id)!));
  }

  /** The steps that the run's output is made of. */
  get delivers(): readonly string[] {
    const named = references(this.run.graph.output).map(({ step }) => step);
    return this.steps.map(({ id }) => id).filter(id => named.includes(id));
  }

  output(): unknown {
    return evaluate(this.run.graph.output, this.env, { keyed: false });
  }

  settle(stepId: string, settled: SettledStep): void {
    if (settled.kind === 'done') {
      this.env.set(stepId, settled.output);
      this.progress.set(stepId, settled.fromCache ? 'cached' : 'executed');
    } else if (settled.kind === 'failed') {
      this.progress.set(stepId, 'failed');
      this.firstFailure ??= { stepId, code: settled.code, message: settled.message };
    } else if (settled.reason === 'condition_false') {
      this.leaveOut(stepId);
    } else {
      this.progress.set(stepId, 'skipped');
    }
  }

  /** A step that its condition leaves out: what depends on it goes on, with an absent output. */
  leaveOut(stepId: string): void {
    this.env.set(stepId, undefined);
    this.progress.set(stepId, 'skipped');
  }

  /** The pending steps of {@link blockedBy} are skipped from now on. */
  block(stepId: string): void {
    for (const id of this.blockedBy(stepId)) this.progress.set(id, 'skipped');
  }

  /** Pending steps that can never run when this one fails, in the order of the graph. */
  blockedBy(stepId: string): readonly string[] {
    const blocked = new Set([stepId]);
    for (const step of this.steps)
      if (dependencies(step).some(id => blocked.has(id)) && this.is(step.id, 'pending')) blocked.add(step.id);
    blocked.delete(stepId);
    return [...blocked];
  }

  private is(stepId: string, progress: Progress): boolean {
    return this.progress.get(stepId) === progress;
  }
}
