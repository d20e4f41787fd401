import { metrics, SpanStatusCode, trace } from '@opentelemetry/api'
import { createExporter, type ErrorEntry, type ExportOptions } from '@ahi-dicom/exporter'
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics'
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base'
import { expect, onTestFinished, test } from 'vitest'
import { clientDouble, decoderDouble } from './doubles/client.ts'
import { datastoreId, makeImageSet } from './doubles/image-sets.ts'
import { flatLayout, recordingDestination, uidOf } from './doubles/recording-destination.ts'

const idA = 'a'.repeat(32)
const idB = 'b'.repeat(32)
const study = [
  makeImageSet({ imageSetId: idA, versionId: '3', instances: { '1.1': {}, '1.2': {}, '1.3': { frames: 5 } } }),
  makeImageSet({ imageSetId: idB, seriesInstanceUid: '1.2.3.5', instances: { '2.1': { frames: 0 }, '2.2': {} } }),
]

/** Registers the OpenTelemetry SDK with exporters in memory. */
function registerSdk() {
  const spans = new InMemorySpanExporter()
  trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(spans)] }))
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE)
  const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 2 ** 30 })
  metrics.setGlobalMeterProvider(new MeterProvider({ readers: [reader] }))
  onTestFinished(async () => {
    trace.disable()
    metrics.disable()
    await reader.shutdown()
  })

  /** Returns the sums of the counters by name, or by name and the value of an attribute. */
  async function sums(attribute?: string): Promise<Record<string, number>> {
    exporter.reset()
    await reader.forceFlush()
    const found = exporter.getMetrics().flatMap(({ scopeMetrics }) => scopeMetrics.flatMap((scope) => scope.metrics))
    const sums: Record<string, number> = {}
    for (const { descriptor, dataPoints } of found) {
      for (const { value, attributes } of dataPoints) {
        const key = attribute === undefined ? descriptor.name : `${descriptor.name} ${String(attributes[attribute])}`
        if (typeof value === 'number') sums[key] = (sums[key] ?? 0) + value
      }
    }
    return sums
  }
  return { spans, sums }
}

async function run(options: Partial<ExportOptions> = {}, destination = recordingDestination()) {
  await using exporter = createExporter({ client: clientDouble(study), frameDecoder: decoderDouble() })
  const job = { datastoreId, selectors: [{ studyInstanceUid: '1.2.3' }], destination, layout: flatLayout }
  return await exporter.exportTo({ ...job, ...options })
}

test('a job is a span, and each of its image sets a child', async () => {
  const { spans } = registerSdk()
  await run()
  const [job, ...others] = spans.getFinishedSpans().toReversed()
  expect(job).toMatchObject({
    name: 'ahi-dicom export',
    parentSpanContext: undefined,
    status: { code: SpanStatusCode.UNSET },
    attributes: {
      'ahi_dicom.datastore_id': datastoreId,
      'ahi_dicom.outcome': 'complete',
      'ahi_dicom.instances.written': 5,
      'ahi_dicom.frames': 8,
    },
  })
  const imageSets = others.map(({ attributes }) => attributes)
  const byId = Map.groupBy(imageSets, (attributes) => attributes['ahi_dicom.image_set_id'])
  expect([byId.get(idA), byId.get(idB)].flat()).toEqual([
    expect.objectContaining({
      'ahi_dicom.image_set_id': idA,
      'ahi_dicom.version_id': '3',
      'ahi_dicom.instances.written': 3,
    }),
    expect.objectContaining({ 'ahi_dicom.image_set_id': idB, 'ahi_dicom.instances.written': 2 }),
  ])
  for (const { parentSpanContext } of others) expect(parentSpanContext?.spanId).toBe(job?.spanContext().spanId)
})

test('counts instances, frames, bytes, decoding and failures', async () => {
  const { sums } = registerSdk()
  const { bytesFetched, bytesWritten } = await run({}, recordingDestination({ beforeWrite: refuse('1.2') }))
  const counted = await sums()
  expect(counted).toMatchObject({
    'ahi_dicom.export.instances': 5,
    'ahi_dicom.export.frames': 7,
    'ahi_dicom.export.decoded': 7,
    'ahi_dicom.export.fetched': bytesFetched,
    'ahi_dicom.export.written': bytesWritten,
    'ahi_dicom.export.failures': 1,
  })
  expect(counted['ahi_dicom.export.decode.time']).toBeGreaterThan(0)
  expect(await sums('outcome')).toMatchObject({
    'ahi_dicom.export.instances written': 4,
    'ahi_dicom.export.instances failed': 1,
  })
})

test('reports during the job how many instances lanes have', async () => {
  const { sums } = registerSdk()
  const seen: (number | undefined)[] = []
  const beforeWrite = async (): Promise<void> => {
    seen.push((await sums())['ahi_dicom.export.queue'])
  }
  await run({}, recordingDestination({ beforeWrite }))
  expect(Math.max(...seen.map((length) => length ?? 0))).toBeGreaterThan(0)
  expect((await sums())['ahi_dicom.export.queue']).toBe(0)
})

test('a job with failures is a failed span, as is the image set', async () => {
  const { spans } = registerSdk()
  await run({}, recordingDestination({ beforeWrite: refuse('1.2') }))
  const failed = spans.getFinishedSpans().filter(({ status }) => status.code === SpanStatusCode.ERROR)
  expect(failed.map(({ attributes }) => attributes['ahi_dicom.image_set_id'])).toEqual([idA, undefined])
})

test('a job that is interrupted leaves no span open', async () => {
  const { spans } = registerSdk()
  const stop = new AbortController()
  const destination = recordingDestination({
    beforeWrite: async () => stop.abort(new Error('stop')),
  })
  await run({ signal: stop.signal }, destination)
  const names = spans.getFinishedSpans().map(({ name }) => name)
  expect(names).toContain('ahi-dicom export image set')
  expect(names.at(-1)).toBe('ahi-dicom export')
})

test('reports each failure as it happens', async () => {
  const told: ErrorEntry[] = []
  const destination = recordingDestination({ beforeWrite: refuse('1.2') })
  await run({ onFailure: (failure) => told.push(failure) }, destination)
  expect(told).toMatchObject([
    { imageSetId: idA, sopInstanceUid: '1.2', message: 'Cannot write: no', retryable: false },
  ])
})

function refuse(uid: string) {
  return async (file: Parameters<typeof uidOf>[0]): Promise<void> => {
    if (uidOf(file) === uid) throw new Error('Cannot write: no')
  }
}
