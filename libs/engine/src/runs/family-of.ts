import type { Catalog } from '@cairn/catalog';
import { allNodes, type Graph } from '@cairn/pipeline';

/** A graph with those of its children, and theirs, each once; children that the catalog does not have are left out. */
export function familyOf(graph: Graph, catalog: Pick<Catalog, 'workflow'>): readonly Graph[] {
  const found = new Map<string, Graph>();
  const visit = (each: Graph): void => {
    found.set(`${each.name} ${each.version}`, each);
    for (const node of allNodes(each)) {
      if (node.kind !== 'child' || found.has(`${node.workflow} ${node.workflowVersion}`)) continue;
      const child = catalog.workflow(node.workflow, node.workflowVersion);
      if (child) visit(child.graph);
    }
  };
  visit(graph);
  return [...found.values()];
}
