/** Registers an OpenTelemetry SDK when it is preloaded, and writes its spans and metrics when the process ends. */
import { writeFileSync } from 'node:fs'
import { isMainThread } from 'node:worker_threads'
import { metrics, trace } from '@opentelemetry/api'
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics'
import { BasicTracerProvider, BatchSpanProcessor, InMemorySpanExporter } from '@opentelemetry/sdk-trace-base'

if (isMainThread) {
  const spans = new InMemorySpanExporter()
  trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors: [new BatchSpanProcessor(spans)] }))
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE)
  metrics.setGlobalMeterProvider(new MeterProvider({ readers: [new PeriodicExportingMetricReader({ exporter })] }))
  process.on('exit', () => {
    const points = exporter.getMetrics().flatMap(({ scopeMetrics }) => scopeMetrics.flatMap((scope) => scope.metrics))
    const told = {
      spans: spans.getFinishedSpans().map(({ name, attributes }) => ({ name, attributes })),
      metrics: points.map(({ descriptor: { name }, dataPoints }) => ({ name, dataPoints })),
    }
    writeFileSync(process.env['TELEMETRY_FILE'] ?? '', JSON.stringify(told))
  })
}
