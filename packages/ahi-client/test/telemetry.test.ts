import { metrics, SpanStatusCode, trace } from '@opentelemetry/api'
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics'
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base'
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest'

import { datastoreId, frame, gathered, imageFrameId, imageSetId, instance, rejection } from './fixtures.ts'
import { awsError, bytes, reset, scriptedService } from './scripted-service.ts'

const spans = new InMemorySpanExporter()
const counters = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE)
const reader = new PeriodicExportingMetricReader({ exporter: counters, exportIntervalMillis: 1e6 })

beforeAll(() => {
  trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(spans)] }))
  metrics.setGlobalMeterProvider(new MeterProvider({ readers: [reader] }))
})
afterAll(async () => {
  await reader.shutdown()
  trace.disable()
  metrics.disable()
})
beforeEach(() => spans.reset())

// The counters belong to the meter provider that is registered when the client is loaded.
vi.resetModules()
const { testClient } = await import('./fixtures.ts')

/** Returns the sums by name and operation. */
async function sums(): Promise<Record<string, unknown>> {
  counters.reset()
  await reader.forceFlush()
  const found = counters.getMetrics().flatMap(({ scopeMetrics }) => scopeMetrics.flatMap(({ metrics }) => metrics))
  const points = found.flatMap(({ descriptor, dataPoints }) =>
    dataPoints.map(({ attributes, value }) => [`${descriptor.name} ${String(attributes['rpc.method'])}`, value]),
  )
  return Object.fromEntries(points)
}

test('each request is one span with its identifiers, even if it is repeated', async () => {
  await using service = await scriptedService(reset, bytes(new Uint8Array(10)), bytes(new Uint8Array(20)))
  await using client = testClient(service.endpoint)
  await client.getImageFrame(frame)
  await gathered((await client.getDICOMInstance(instance)).data)
  const rpc = { 'rpc.system': 'aws-api', 'rpc.service': 'MedicalImaging' }
  expect(spans.getFinishedSpans().map(({ name, attributes, status }) => ({ name, attributes, status }))).toEqual([
    {
      name: 'AHI.GetImageFrame',
      attributes: {
        ...rpc,
        'rpc.method': 'GetImageFrame',
        'ahi.datastore_id': datastoreId,
        'ahi.image_set_id': imageSetId,
        'ahi.image_frame_id': imageFrameId,
      },
      status: { code: SpanStatusCode.UNSET },
    },
    {
      name: 'AHI.GetDICOMInstance',
      attributes: { ...rpc, 'rpc.method': 'GetDICOMInstance', 'ahi.datastore_id': datastoreId },
      status: { code: SpanStatusCode.UNSET },
    },
  ])
})

test('the span of a failed request has the error code, but no text of the service', async () => {
  await using service = await scriptedService(awsError(404, 'ResourceNotFoundException', 'no frame of Doe^John'))
  await using client = testClient(service.endpoint)
  await rejection(client.getImageFrame(frame))
  const [span] = spans.getFinishedSpans()
  expect(span?.status).toEqual({ code: SpanStatusCode.ERROR })
  const expected = { 'error.type': 'AHI_NOT_FOUND', 'http.response.status_code': 404, 'aws.request_id': 'request-1' }
  expect(span?.attributes).toMatchObject(expected)
  expect(JSON.stringify([span?.attributes, span?.events])).not.toContain('Doe')
})

test('counters include the requests of all clients, even closed ones', async () => {
  const before = await sums()
  const throttled = awsError(429, 'ThrottlingException')
  await using service = await scriptedService(throttled, bytes(new Uint8Array(10)))
  for (let clients = 0; clients < 2; clients += 1) {
    await using client = testClient(service.endpoint)
    await client.getImageFrame(frame)
  }
  const after = await sums()
  const grown = (name: string): number => Number(after[name] ?? 0) - Number(before[name] ?? 0)
  expect(grown('ahi.client.requests GetImageFrame')).toBe(3)
  expect(grown('ahi.client.retries GetImageFrame')).toBe(1)
  expect(grown('ahi.client.throttles GetImageFrame')).toBe(1)
  expect(grown('ahi.client.received GetImageFrame')).toBe(20)
})
