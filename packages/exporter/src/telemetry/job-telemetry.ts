import { context, SpanStatusCode, trace } from '@opentelemetry/api'
import type { ErrorEntry } from '@ahi-dicom/export-files'
import type { Fetched } from '../lane/lane-item.ts'
import type { JobSummary } from '../record/summary.ts'
import { createImageSetSpans, createNoSpans, type ImageSetSpans, type InstanceOutcome } from './image-set-spans.ts'
import { createInstruments, scopeName } from './instruments.ts'

/** Reports a job to OpenTelemetry. Does nothing if no SDK is registered. */
export interface JobTelemetry extends Pick<ImageSetSpans, 'start' | 'drop'> {
  /** Runs the job, with its requests as children of its span. */
  run<Summary extends JobSummary>(job: () => Promise<Summary>): Promise<Summary>
  /** Counts instances handed to lanes (above 0) or finished by them (below 0). */
  readonly queue: (change: number) => void
  fetched(fetched: Fetched): void
  settle(imageSetId: string, outcome: InstanceOutcome): void
  wrote(byteLength: number): void
  failed(failure: Pick<ErrorEntry, 'code' | 'retryable'>): void
}

/** Creates the telemetry of one job. */
export function createJobTelemetry(datastoreId: string): JobTelemetry {
  const tracer = trace.getTracer(scopeName)
  const instruments = createInstruments()
  const attributes = { 'ahi_dicom.datastore_id': datastoreId }
  const span = tracer.startSpan('ahi-dicom export', { attributes })
  const jobContext = trace.setSpan(context.active(), span)
  const imageSets = span.isRecording() ? createImageSetSpans(tracer, jobContext) : createNoSpans()
  let queued = 0
  const ofOutcome = {
    written: { ...attributes, outcome: 'written' },
    skipped: { ...attributes, outcome: 'skipped' },
    failed: { ...attributes, outcome: 'failed' },
  }

  function queue(change: number): void {
    queued += change
    instruments.queue.add(change, attributes)
  }

  function end({ outcome, instances, frames, seconds }: JobSummary): void {
    span.setAttributes({
      'ahi_dicom.outcome': outcome,
      'ahi_dicom.instances.written': instances.written,
      'ahi_dicom.instances.skipped': instances.skipped,
      'ahi_dicom.instances.failed': instances.failed,
      'ahi_dicom.instances.unfinished': instances.unfinished,
      'ahi_dicom.frames': frames,
    })
    if (!successes.has(outcome)) span.setStatus({ code: SpanStatusCode.ERROR })
    instruments.jobSeconds.record(seconds, { ...attributes, outcome })
  }

  return {
    async run(job) {
      try {
        const summary = await context.with(jobContext, job)
        end(summary)
        return summary
      } catch (error) {
        span.setStatus({ code: SpanStatusCode.ERROR })
        throw error
      } finally {
        queue(-queued)
        imageSets.close()
        span.end()
      }
    },
    queue,
    start: (imageSet, instances) => imageSets.start(imageSet, instances),
    drop: (imageSetId, instances) => imageSets.drop(imageSetId, instances),
    fetched({ byteLength, frames, decodedFrames, decodeMs }) {
      instruments.bytesFetched.add(byteLength, attributes)
      instruments.frames.add(frames, attributes)
      instruments.decodedFrames.add(decodedFrames, attributes)
      instruments.decodeSeconds.add(decodeMs / 1000, attributes)
    },
    settle(imageSetId, outcome) {
      instruments.instances.add(1, ofOutcome[outcome])
      imageSets.settle(imageSetId, outcome)
    },
    wrote: (byteLength) => instruments.bytesWritten.add(byteLength, attributes),
    failed: ({ code, retryable }) => instruments.failures.add(1, { ...attributes, code, retryable }),
  }
}

const successes: ReadonlySet<string> = new Set(['complete', 'unverified', 'nothing-selected'])
