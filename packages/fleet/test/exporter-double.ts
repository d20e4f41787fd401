import {
  ExportEndedError,
  type ExportedImageSet,
  type Exporter,
  type ExportSummary,
  type ImageSetToExport,
  type OpenExportOptions,
} from '@ahi-dicom/exporter'

/** Returns the result for an image set. Missing members are filled in as for an image set with one instance. */
export type Answer = (
  imageSet: ImageSetToExport,
  options: { readonly signal: AbortSignal },
) => Promise<Partial<ExportedImageSet> | undefined> | Partial<ExportedImageSet> | undefined

/** An exporter that records its calls. */
export interface ExporterDouble extends Pick<Exporter, 'openExport'> {
  readonly opened: OpenExportOptions[]
  readonly exported: ImageSetToExport[]
  closed: number
  /** Ends all open exports. */
  end(fatal: ExportSummary['fatal'], outcome: ExportSummary['outcome']): void
}

/** Creates an exporter whose results come from `answer`. */
export function exporterDouble(answer: Answer = () => undefined): ExporterDouble {
  const ending = new Set<(fatal: ExportSummary['fatal'], outcome: ExportSummary['outcome']) => void>()
  const double: ExporterDouble = {
    opened: [],
    exported: [],
    closed: 0,
    end: (fatal, outcome) => {
      for (const end of ending) end(fatal, outcome)
    },
    async openExport(options) {
      double.opened.push(options)
      const ended = Promise.withResolvers<void>()
      const over = new AbortController()
      let summary = { ...emptySummary, datastoreId: options.datastoreId }
      const end = (fatal: ExportSummary['fatal'], outcome: ExportSummary['outcome']): void => {
        summary = { ...summary, outcome, ...(fatal && { fatal }) }
        const code = fatal?.code ?? 'EXPORT_CLOSED'
        over.abort(new ExportEndedError('the export has ended', { code, isOutage: outcome === 'retryable' }))
        ended.resolve()
      }
      ending.add(end)
      const close = async (): Promise<ExportSummary> => {
        if (ending.delete(end)) double.closed += 1
        if (!over.signal.aborted) end(undefined, 'complete')
        return summary
      }
      return {
        ended: ended.promise,
        close,
        async [Symbol.asyncDispose]() {
          await close()
        },
        async exportImageSet(imageSet, { signal } = {}) {
          double.exported.push(imageSet)
          const aborted = AbortSignal.any([over.signal, ...(signal === undefined ? [] : [signal])])
          const gone = new Promise<never>((_, reject) => {
            aborted.addEventListener('abort', () => reject(aborted.reason))
            if (aborted.aborted) reject(aborted.reason)
          })
          gone.catch(() => undefined)
          const answered = (async () => answer(imageSet, { signal: aborted }))()
          return { ...oneInstance, ...(await Promise.race([answered, gone])) }
        },
      }
    },
  }
  return double
}

const oneInstance: ExportedImageSet = {
  instances: 1,
  frames: 1,
  byteLength: 100,
  skipped: 0,
  failures: [],
  left: [],
  met: [],
}

const emptySummary: ExportSummary = {
  outcome: 'complete',
  datastoreId: '',
  startedAt: '2026-01-01T00:00:00.000Z',
  seconds: 0,
  imageSets: { selected: 0, failed: 0 },
  instances: { selected: 0, written: 0, skipped: 0, failed: 0, unfinished: 0 },
  duplicates: 0,
  frames: 0,
  unverifiedFrames: 0,
  unverifiedInstances: 0,
  uncheckedInstances: 0,
  files: 0,
  bytesFetched: 0,
  bytesWritten: 0,
  errors: {},
  warnings: {},
  checksumMismatches: 0,
  retryableOnly: false,
}
