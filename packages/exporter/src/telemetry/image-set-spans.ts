import { SpanStatusCode, type Context, type Span, type Tracer } from '@opentelemetry/api'

/** What an instance of an image set came to. */
export type InstanceOutcome = 'written' | 'skipped' | 'failed'

/** An image set of a job. */
interface ObservedImageSet {
  readonly imageSetId: string
  readonly versionId: string
}

/** Spans of the image sets of a job, each from its document to its last instance. */
export interface ImageSetSpans {
  start(imageSet: ObservedImageSet, instances: number): void
  /** An instance of an image set is done. The last one ends the span. */
  settle(imageSetId: string, outcome: InstanceOutcome): void
  /** Instances of an image set will not be begun. */
  drop(imageSetId: string, instances: number): void
  /** Ends what is open: the job was cut short. */
  close(): void
}

interface OpenSpan {
  readonly span: Span
  unsettled: number
  readonly outcomes: Record<InstanceOutcome, number>
}

/** Makes the spans of image sets, children of a job. */
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

/** Makes spans of image sets that nobody records. */
export function createNoSpans(): ImageSetSpans {
  return { start() {}, settle() {}, drop() {}, close() {} }
}
