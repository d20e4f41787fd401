/** What serves metrics, in a file of its own without white space. */
export { PrometheusSerializer } from '@opentelemetry/exporter-prometheus'
export { MeterProvider, MetricReader } from '@opentelemetry/sdk-metrics'
