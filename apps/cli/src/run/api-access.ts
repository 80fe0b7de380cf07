import { createHash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { CairnApiError, createCairnClient, type Artifact, type Run } from '@cairn/client';
import { explained } from '../api/explain-error.js';
import { CliError } from '../errors.js';
import { hasEnded } from './records.js';

const ACCEPT_WITHIN_MS = 60_000;
/** The API may be starting again; after this long without an answer it is not. */
const SILENT_FOR_MS = 120_000;
const LOOK_EVERY_MS = 150;

/** The API of one Cairn, as far as the command line uses it. */
export class ApiAccess {
  private readonly client;

  constructor(
    baseUrl: string,
    private readonly signal: AbortSignal,
    apiKey?: string,
  ) {
    this.client = createCairnClient({ baseUrl, apiKey });
  }

  /**
   * Has a run started. While the API cannot take it, it is asked again, for a minute; the idempotency key makes sure
   * that this gives one run.
   * @returns the run, and whether an earlier request with this key had made it
   * @throws CliError: with exit code 2 and the broken rules when the trigger is refused
   */
  async startRun(
    workflow: string,
    trigger: unknown,
    idempotencyKey: string,
  ): Promise<{ readonly run: Run; readonly replayed: boolean }> {
    const { signal } = this;
    return this.patiently(() => this.client.startRun({ workflow, trigger }, { idempotencyKey, signal }));
  }

  /** A run that may be gone, as with a database that was deleted: then undefined. */
  async existingRun(id: string): Promise<Run | undefined> {
    return this.patiently(() =>
      this.client.getRun(id, { signal: this.signal }).catch((error: unknown) => {
        if (error instanceof CairnApiError && error.status === 404) return undefined;
        throw error;
      }),
    );
  }

  private async patiently<T>(call: () => Promise<T>): Promise<T> {
    const { signal } = this;
    const deadline = Date.now() + ACCEPT_WITHIN_MS;
    for (;;) {
      try {
        return await call();
      } catch (error) {
        signal.throwIfAborted();
        const again = error instanceof CairnApiError && error.retryable && Date.now() < deadline;
        if (!again) throw explained(error);
      }
      await delay(500, undefined, { signal });
    }
  }

  /**
   * Looks at a run until it has ended, and tells each look.
   * @throws CliError when there is no answer for two minutes
   */
  async follow(id: string, seen: (run: Run) => void): Promise<Run> {
    const { signal } = this;
    let heard = Date.now();
    for (;;) {
      try {
        const run = await this.client.getRun(id, { signal });
        heard = Date.now();
        seen(run);
        if (hasEnded(run)) return run;
      } catch (error) {
        signal.throwIfAborted();
        const again = error instanceof CairnApiError && error.retryable && Date.now() - heard < SILENT_FOR_MS;
        if (!again) throw explained(error);
      }
      await delay(LOOK_EVERY_MS, undefined, { signal });
    }
  }

  async artifacts(runId: string): Promise<readonly Artifact[]> {
    const all: Artifact[] = [];
    try {
      for await (const artifact of this.client.runArtifacts(runId, { signal: this.signal }))
        all.push(artifact);
    } catch (error) {
      throw explained(error);
    }
    return all;
  }

  /**
   * The bytes of an artifact.
   * @throws CliError when they are not those of its digest
   */
  async bytes(artifact: Artifact): Promise<Uint8Array> {
    const { signal } = this;
    const { stream } = await this.client.download(artifact.id, { signal }).catch(rethrowExplained);
    const data = new Uint8Array(await new Response(stream).arrayBuffer());
    const digest = `sha256:${createHash('sha256').update(data).digest('hex')}`;
    if (digest !== artifact.contentHash)
      throw new CliError(`The bytes of ${artifact.type} are ${digest}, not ${artifact.contentHash}`);
    return data;
  }
}

function rethrowExplained(error: unknown): never {
  throw explained(error);
}
