import type { DataSource, EntityManager } from 'typeorm';
import { ArtifactRepository } from './artifact.repository.js';
import { CacheRepository } from './cache.repository.js';
import { GraphRepository } from './graph.repository.js';
import { RunRepository } from './run.repository.js';
import { StepRepository } from './step.repository.js';

/** All repositories, bound to one connection or transaction. */
export interface Repositories {
  runs: RunRepository;
  steps: StepRepository;
  artifacts: ArtifactRepository;
  cache: CacheRepository;
  graphs: GraphRepository;
}

/** Repositories outside any transaction: each call is one of its own. */
export function repositories(dataSource: DataSource): Repositories {
  return bind(dataSource.manager);
}

/**
 * Runs `work` in one transaction (READ COMMITTED): committed when it returns, rolled back when it throws. Await
 * everything inside: all calls share one connection.
 */
export async function transaction<T>(
  dataSource: DataSource,
  work: (tx: Repositories) => Promise<T>,
): Promise<T> {
  return dataSource.transaction(manager => work(bind(manager)));
}

function bind(manager: EntityManager): Repositories {
  return {
    runs: new RunRepository(manager),
    steps: new StepRepository(manager),
    artifacts: new ArtifactRepository(manager),
    cache: new CacheRepository(manager),
    graphs: new GraphRepository(manager),
  };
}
