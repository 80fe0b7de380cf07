import { digestOf } from '@cairn/canonical';
import type { Catalog } from '@cairn/catalog';
import { inputSchema, type http } from '@cairn/dto';
import { clientForm } from '@cairn/engine';
import { dependencies, unkeyedFields, type AnyWorkflow, type GraphNode } from '@cairn/pipeline';
import { Controller, Inject } from '@nestjs/common';
import { CATALOG } from '../app/tokens.js';
import { NotFoundError } from '../http/api-error.js';
import { Input } from '../http/input.decorators.js';
import { Operation } from '../http/operation.decorator.js';
import type { InputOf } from '../http/read-input.js';

@Controller()
export class WorkflowsController {
  constructor(@Inject(CATALOG) private readonly catalog: Catalog) {}

  @Operation('listWorkflows')
  list(): { items: http.WorkflowSummary[] } {
    return { items: this.catalog.workflows.map(workflowSummary) };
  }

  @Operation('getWorkflow')
  get(@Input() { params, query }: InputOf<'getWorkflow'>): http.Workflow {
    const workflow = this.catalog.workflow(params.name, query.version);
    if (!workflow) throw new NotFoundError('workflow');
    return workflowView(workflow);
  }
}

const workflowSummary = ({ name, version, title, graph }: AnyWorkflow): http.WorkflowSummary => ({
  name,
  version,
  title,
  stepCount: graph.steps.length,
});

function workflowView(workflow: AnyWorkflow): http.Workflow {
  const { graph, trigger } = workflow;
  return {
    ...workflowSummary(workflow),
    triggerSchema: inputSchema(clientForm(trigger)) as Record<string, unknown>,
    steps: graph.steps.map(nodeView),
    graph: graph as unknown as http.Workflow['graph'],
    graphDigest: digestOf(graph),
  };
}

const nodeView = (node: GraphNode): http.WorkflowStep => ({
  id: node.id,
  kind: node.kind,
  ...(node.kind === 'step' && { skill: node.skill }),
  ...(node.kind === 'child' && { workflow: node.workflow }),
  ...(node.kind === 'map' && { body: node.body.map(({ id }) => id) }),
  dependsOn: [...dependencies(node)],
  unkeyed: [...unkeyedFields(node)],
});
