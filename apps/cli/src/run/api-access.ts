import { createHash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { CairnApiError, createCairnClient, type Artifact, type FollowedEvent, type Run } from '@cairn/client';
import { explained } from '../api/explain-error.js';
import { CliError } from '../errors.js';

const ACCEPT_WITHIN_MS = 60_000;
/** The API may be starting again; after this long without an answer it is not. */
const SILENT_FOR_MS = 120_000;

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

  /** A run as it is recorded now. @throws CliError when there is no answer for a minute */
  async run(id: string): Promise<Run> {
    return this.patiently(() => this.client.getRun(id, { signal: this.signal }));
  }

  /**
   * The events of a run, until it has ended; the API may be started again meanwhile.
   * @param after the position of the last that was seen, 0 for all
   * @throws CliError when the API cannot be reached for two minutes
   */
  async *events(runId: string, after: number): AsyncGenerator<FollowedEvent, void, undefined> {
    const { signal } = this;
    try {
      yield* this.client.followEvents({ runId, after, signal, patienceMs: SILENT_FOR_MS });
    } catch (error) {
      signal.throwIfAborted();
      throw explained(error);
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
