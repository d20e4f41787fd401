import type { FrameReader } from '@ahi-dicom/dicomizer'
import type { RequestMemory } from '../operation/byte-budget.ts'

/** Returns a reader whose frames each take `largeBytes` of the memory for large frames, until they are released. */
export function withinMemory(reader: FrameReader, largeBytes: number, memory: RequestMemory): FrameReader {
  if (largeBytes === 0) return reader
  return {
    ...reader,
    async read(frame, wanted) {
      // A repeated read must not wait: later frames may hold all the memory, and they are only released after
      // this one.
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
