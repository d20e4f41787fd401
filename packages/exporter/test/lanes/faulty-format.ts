import { dcmFormat } from '@ahi-dicom/export-files'
import type { Format } from '@ahi-dicom/exporter'
import { commitNow, type LaneFault } from './fault.ts'

/** Options of {@link createFormat}. */
export interface FaultyFormatOptions {
  /** SOPInstanceUID of the instance that triggers the fault. */
  readonly victim: string
  readonly fault: LaneFault
}

/** Creates a DICOM format that crashes its lane while it encodes an instance. Called by lanes. */
export function createFormat({ victim, fault }: FaultyFormatOptions): Format {
  const format = dcmFormat()
  return {
    ...format,
    lane: undefined,
    *files(item) {
      for (const file of format.files(item)) {
        yield item.instance.sopInstanceUid === victim ? { ...file, chunks: faulty(file.chunks) } : file
      }
    },
  }

  async function* faulty(chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const chunk of chunks) {
      yield chunk
      commitNow(fault)
    }
  }
}
