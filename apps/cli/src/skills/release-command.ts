import { releaseGraphs, SHIPPED_CATALOG, type Release } from '@cairn/catalog';
import { readConfiguration } from '@cairn/configuration';
import { namedPath, projectFolder } from '../places.js';
import { refusing } from './refusing.js';

/** Releases the graphs of a catalog as it was typed, else of the one that is configured. @throws CliError */
export function releaseCatalog(
  typed: string | undefined,
  replace: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Promise<Release> {
  return refusing(() => {
    const file =
      typed === undefined
        ? (readConfiguration(env, projectFolder).catalog ?? SHIPPED_CATALOG)
        : namedPath(typed, env);
    return releaseGraphs(file, { replace });
  });
}
