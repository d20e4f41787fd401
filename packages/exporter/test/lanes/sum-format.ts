import type { SeriesFile, SeriesFormatItem } from '@ahi-dicom/export-files'
import type { SeriesFormat } from '@ahi-dicom/exporter'

/** Options of {@link createFormat}. */
export interface SumFormatOptions {
  /** Default `sums`. */
  readonly name?: string
  /** Multiplies the sums. Stands for the settings of a format. */
  readonly factor?: number
  /**
   * Suffixes of the files with sums. Each file after the first contains only some slices. Default: only `.sums.txt`.
   */
  readonly suffixes?: readonly string[]
  /** SOPInstanceUID of an instance. If the series contains it, the files with sums fail. */
  readonly missing?: string
}

/**
 * Creates a format of series for tests. Its files have a line for each frame with SOPInstanceUID, frame number and the
 * sum of the samples. One more file describes the series and has no frames. Frames are read in order, as many at a time
 * as the lane allows.
 */
export function createFormat(options: SumFormatOptions = {}): SeriesFormat {
  const { name = 'sums', factor = 1, suffixes = ['.sums.txt'], missing } = options
  return {
    scope: 'series',
    name,
    settings: { factor },
    async *files(item) {
      yield about(item)
      for (const suffix of suffixes) {
        if (missing !== undefined && item.instances.some(({ sopInstanceUid }) => sopInstanceUid === missing)) {
          item.onFailure(new Error(`Cannot make ${suffix}: instance ${missing} has no place in it`))
          continue
        }
        const frames = item.instances.reduce((sum, { pictureCount }) => sum + pictureCount, 0)
        yield { suffix, mediaType: 'text/plain', frames, chunks: sums(item, factor) }
      }
    },
    foresee: (instances) => {
      const frames = instances.reduce((sum, { pictureCount }) => sum + pictureCount, 0)
      return { files: 1 + suffixes.length, byteLength: 100, accuracy: 'estimated', frames }
    },
    lane: { module: import.meta.url, options },
  }
}

function about({ instances }: SeriesFormatItem): SeriesFile {
  const text = `${JSON.stringify({ instances: instances.length })}\n`
  return { suffix: '_about.json', mediaType: 'application/json', frames: 0, chunks: [Buffer.from(text)] }
}

/** Yields lines in order. Requests at most as many frames at a time as allowed. */
async function* sums({ instances, reading }: SeriesFormatItem, factor: number): AsyncGenerator<Uint8Array> {
  const { frameConcurrency = 1, signal } = reading
  const waiting: Promise<string>[] = []
  for (const instance of instances) {
    for (let index = 0; index < instance.pictureCount; index++) {
      const line = instance.frame(index, { signal }).then((samples) => {
        const sum = Array.from<number>(samples).reduce((all, sample) => all + sample, 0)
        return `${instance.sopInstanceUid} ${index} ${sum * factor}\n`
      })
      line.catch(() => undefined)
      waiting.push(line)
      if (waiting.length >= frameConcurrency) yield Buffer.from((await waiting.shift()) ?? '')
    }
  }
  for (const line of waiting) yield Buffer.from(await line)
}
