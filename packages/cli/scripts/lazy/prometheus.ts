/** Packages that serve metrics. They are bundled into a separate minified file. */
export { PrometheusSerializer } from '@opentelemetry/exporter-prometheus'
export { MeterProvider, MetricReader } from '@opentelemetry/sdk-metrics'
