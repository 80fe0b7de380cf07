import { diag, DiagLogLevel, trace, type Attributes } from '@opentelemetry/api';
import { setGlobalErrorHandler } from '@opentelemetry/core';
import type { IResource } from '@opentelemetry/resources';
import type { SpanProcessor } from '@opentelemetry/sdk-trace-base';
import { spanAround } from './span-around.js';

/** How a program names itself in traces, and how it sends them. */
export interface TracingSettings {
  /** Of the service, unless OTEL_SERVICE_NAME gives another. */
  readonly name: string;
  readonly version: string;
  readonly protocol: 'http/protobuf' | 'http/json';
  /** Told when spans cannot be sent; the same trouble once. */
  readonly warn: (reason: string) => void;
}

/** Traces of a process, as they are sent. */
export interface Tracing {
  /** Does work inside a span of Cairn's own. */
  readonly span: typeof spanAround;
  /** For spans that others made: those of workflows, which come out of Temporal's sandbox. */
  readonly processor: SpanProcessor;
  readonly resource: IResource;
  /** Sends what is left, for a while at most. */
  close(): Promise<void>;
}

/** A collector that is away must not keep a process from ending. Milliseconds. */
const CLOSING_MS = 3_000;

/**
 * Sends this process's spans by OTLP over HTTP, to where OpenTelemetry's own variables say (OTEL_EXPORTER_OTLP_*,
 * OTEL_RESOURCE_ATTRIBUTES, OTEL_TRACES_SAMPLER, OTEL_BSP_*). Once in a process, and before what is to be traced. Its
 * packages are loaded only here: who does not trace pays nothing for it.
 */
export async function startTracing({ name, version, protocol, warn }: TracingSettings): Promise<Tracing> {
  const [{ NodeTracerProvider, BatchSpanProcessor }, resources, { OTLPTraceExporter }] = await Promise.all([
    import('@opentelemetry/sdk-trace-node'),
    import('@opentelemetry/resources'),
    protocol === 'http/json'
      ? import('@opentelemetry/exporter-trace-otlp-http')
      : import('@opentelemetry/exporter-trace-otlp-proto'),
  ]);
  tellOnce(warn);
  const own: Attributes = { 'service.name': name, 'service.version': version };
  const resource = resources.Resource.default()
    .merge(new resources.Resource(own))
    .merge(resources.detectResourcesSync({ detectors: [resources.envDetectorSync] }));
  const processor = new BatchSpanProcessor(new OTLPTraceExporter());
  const provider = new NodeTracerProvider({ resource, spanProcessors: [processor] });
  provider.register();
  return {
    span: spanAround,
    processor,
    resource,
    close: async () => {
      const end = new Promise<void>(resolve => setTimeout(resolve, CLOSING_MS).unref());
      await Promise.race([provider.shutdown().catch(() => undefined), end]);
      trace.disable();
    },
  };
}

/** A collector that is away would be news every few seconds. */
function tellOnce(warn: (reason: string) => void): void {
  let told: string | undefined;
  const tell = (reason: string) => {
    if (reason !== told) warn(reason);
    told = reason;
  };
  setGlobalErrorHandler(error => tell(error instanceof Error ? error.message : error.toString()));
  const quiet = () => undefined;
  const logger = { error: tell, warn: tell, info: quiet, debug: quiet, verbose: quiet };
  diag.setLogger(logger, { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true });
}
