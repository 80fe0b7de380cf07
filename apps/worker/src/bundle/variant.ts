import { fileURLToPath } from 'node:url';
import { failureConverterPath } from '@cairn/payload-codec';

/** What a bundle of workflows holds beside the interpreter. */
export interface Variant {
  /** Interceptors that trace what workflows do. */
  readonly traced: boolean;
  /** The converter by which messages and stacks of failures are encrypted. */
  readonly encrypted: boolean;
}

/** All there are: a worker needs the one that its settings ask for. */
export const VARIANTS: readonly Variant[] = [false, true].flatMap(traced =>
  [false, true].map(encrypted => ({ traced, encrypted })),
);

const resolved = (name: string) => fileURLToPath(import.meta.resolve(name));

/** The modules of a bundle, as the bundler takes them. */
export function modulesOf({ traced, encrypted }: Variant) {
  return {
    workflowsPath: resolved('@cairn/interpreter'),
    workflowInterceptorModules: traced
      ? [resolved('@temporalio/interceptors-opentelemetry/lib/workflow-interceptors.js')]
      : [],
    ...(encrypted && { failureConverterPath }),
  };
}
