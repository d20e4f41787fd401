import { metrics, type Span, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api'

import { isAhiError } from '../errors/errors.ts'
import { type Operation, operations } from '../errors/operations.ts'
import type { Subject } from '../errors/subject.ts'
import { onAbort } from '../timing/abort.ts'
import type { RequestCounter, RequestCounts } from '../timing/request-counts.ts'

const scope = '@ahi-dicom/ahi-client'

/** Runs one request in a span. Without a registered OpenTelemetry SDK it only runs the request. */
export async function inSpan<T>(subject: Subject, run: () => Promise<T>): Promise<T> {
  const options = { kind: SpanKind.CLIENT, attributes: attributesOf(subject) }
  return trace.getTracer(scope).startActiveSpan(`AHI.${subject.operation}`, options, async (span) => {
    try {
      return await run()
    } catch (error) {
      noteError(span, error)
      throw error
    } finally {
      span.end()
    }
  })
}

/** Returns the identifiers of a request. Attributes of the patient are left out. */
function attributesOf({ operation, datastoreId, imageSetId, imageFrameId }: Subject): Record<string, string> {
  return {
    'rpc.system': 'aws-api',
    'rpc.service': 'MedicalImaging',
    'rpc.method': operation,
    ...(datastoreId !== undefined && { 'ahi.datastore_id': datastoreId }),
    ...(imageSetId !== undefined && { 'ahi.image_set_id': imageSetId }),
    ...(imageFrameId !== undefined && { 'ahi.image_frame_id': imageFrameId }),
  }
}

/** Records an error in a span. Only codes and ids are recorded, because the message may quote text from outside. */
function noteError(span: Span, error: unknown): void {
  const { code, statusCode, requestId } = isAhiError(error) ? error : {}
  span.setStatus({ code: SpanStatusCode.ERROR })
  span.setAttribute('error.type', code ?? (error instanceof Error ? error.name : 'unknown'))
  if (statusCode !== undefined) span.setAttribute('http.response.status_code', statusCode)
  if (requestId !== undefined) span.setAttribute('aws.request_id', requestId)
}

type CounterOf = (operation: Operation) => RequestCounter

/** Counters of the open clients. */
const open = new Set<CounterOf>()
/** Sums of the closed clients, by instrument and operation. They are kept because a counter must never go down. */
const closed = new Map<string, number>()
let hasInstruments = false

interface Instrument {
  readonly unit: string
  readonly description: string
  readonly value: (counts: RequestCounts) => number
}

const instruments: Readonly<Record<string, Instrument>> = {
  'ahi.client.requests': {
    unit: '{request}',
    description: 'Requests to AHI, repeated ones included',
    value: ({ requests }) => requests,
  },
  'ahi.client.retries': { unit: '{request}', description: 'Repeated requests', value: ({ repeated }) => repeated },
  'ahi.client.throttles': { unit: '{request}', description: 'Throttled requests', value: ({ throttled }) => throttled },
  'ahi.client.received': { unit: 'By', description: 'Bytes of successful answers', value: ({ bytes }) => bytes },
}

/** Reports the counters of a client until `closing` aborts, including all threads that share its access. */
export function observeRequests(counterOf: CounterOf, closing: AbortSignal): void {
  if (!hasInstruments) createInstruments()
  hasInstruments = true
  open.add(counterOf)
  onAbort(closing, () => {
    open.delete(counterOf)
    forEachCount((key, value, operation) => {
      closed.set(key, (closed.get(key) ?? 0) + value(counterOf(operation).read()))
    })
  })
}

function createInstruments(): void {
  const meter = metrics.getMeter(scope)
  for (const [name, { unit, description, value }] of Object.entries(instruments)) {
    meter.createObservableCounter(name, { unit, description }).addCallback((result) => {
      for (const operation of operations) {
        let sum = closed.get(`${name} ${operation}`) ?? 0
        for (const counterOf of open) sum += value(counterOf(operation).read())
        if (sum > 0) result.observe(sum, { 'rpc.method': operation })
      }
    })
  }
}

function forEachCount(call: (key: string, value: Instrument['value'], operation: Operation) => void): void {
  for (const [name, { value }] of Object.entries(instruments)) {
    for (const operation of operations) call(`${name} ${operation}`, value, operation)
  }
}
