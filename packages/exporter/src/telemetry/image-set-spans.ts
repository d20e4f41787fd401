import { SpanStatusCode, type Context, type Span, type Tracer } from '@opentelemetry/api'

/** The outcome of an instance. */
export type InstanceOutcome = 'written' | 'skipped' | 'failed'

/** An image set of a job. */
interface ObservedImageSet {
  readonly imageSetId: string
  readonly versionId: string
}

/** Spans of the image sets of a job. A span starts when the document is read, and ends with the last instance. */
export interface ImageSetSpans {
  start(imageSet: ObservedImageSet, instances: number): void
  /** Notes that an instance is done. The last one of an image set ends the span. */
  settle(imageSetId: string, outcome: InstanceOutcome): void
  /** Notes that instances will not be started. */
  drop(imageSetId: string, instances: number): void
  /** Ends all open spans, because the job was aborted. */
  close(): void
}

interface OpenSpan {
  readonly span: Span
  unsettled: number
  readonly outcomes: Record<InstanceOutcome, number>
}

/** Creates the spans of image sets as children of the job's span. */
export function createImageSetSpans(tracer: Tracer, job: Context): ImageSetSpans {
  const open = new Map<string, OpenSpan>()

  function end(imageSetId: string, { span, outcomes }: OpenSpan): void {
    open.delete(imageSetId)
    span.setAttributes({
      'ahi_dicom.instances.written': outcomes.written,
      'ahi_dicom.instances.skipped': outcomes.skipped,
      'ahi_dicom.instances.failed': outcomes.failed,
    })
    if (outcomes.failed > 0) span.setStatus({ code: SpanStatusCode.ERROR })
    span.end()
  }

  return {
    start({ imageSetId, versionId }, instances) {
      if (instances === 0) return
      const known = open.get(imageSetId)
      if (known !== undefined) {
        known.unsettled += instances
        return
      }
      const attributes = { 'ahi_dicom.image_set_id': imageSetId, 'ahi_dicom.version_id': versionId }
      const span = tracer.startSpan('ahi-dicom export image set', { attributes }, job)
      open.set(imageSetId, { span, unsettled: instances, outcomes: { written: 0, skipped: 0, failed: 0 } })
    },
    settle(imageSetId, outcome) {
      const known = open.get(imageSetId)
      if (known === undefined) return
      known.outcomes[outcome] += 1
      known.unsettled -= 1
      if (known.unsettled === 0) end(imageSetId, known)
    },
    drop(imageSetId, instances) {
      const known = open.get(imageSetId)
      if (known === undefined) return
      known.unsettled -= instances
      if (known.unsettled === 0) end(imageSetId, known)
    },
    close() {
      for (const [imageSetId, { span, ...rest }] of open) {
        span.setAttribute('ahi_dicom.instances.unfinished', rest.unsettled)
        end(imageSetId, { span, ...rest })
      }
    },
  }
}

/** Creates spans that do nothing. */
export function createNoSpans(): ImageSetSpans {
  return { start() {}, settle() {}, drop() {}, close() {} }
}
