import type { FrameReader } from '@ahi-dicom/dicomizer'
import type { RequestMemory } from '../operation/byte-budget.ts'

/** Makes a reader whose frames take so many bytes of the memory for large frames, from reading to their release. */
export function withinMemory(reader: FrameReader, largeBytes: number, memory: RequestMemory): FrameReader {
  if (largeBytes === 0) return reader
  return {
    ...reader,
    async read(frame, wanted) {
      // Frames behind a damaged one may have all the memory, and are released behind it.
      const lease = await memory.take(frame.isRepeated === true ? 0 : largeBytes)
      try {
        const read = await reader.read(frame, wanted)
        const release = (): void => {
          read.release?.()
          lease.release()
        }
        return { ...read, release }
      } catch (error) {
        lease.release()
        throw error
      }
    },
  }
}
