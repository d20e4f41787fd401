import { recordNames } from '@ahi-dicom/export-files'
import type { Job } from './job.ts'
import type { Lanes } from './lanes.ts'

/** Makes written files survive a power cut, in batches beside the work. */
export interface Flushing {
  /** Flushes what is due. Called when files were written. */
  note(files: number): void
  /** Flushes everything, once the lanes are at rest. */
  finish(): Promise<void>
}

/** Files and milliseconds between two flushes. A kill loses nothing; a power cut may lose what lies between. */
const flushFiles = 512
const flushMs = 5000

/** Makes the flushing of a job. */
export function createFlushing(job: Job, lanes: Lanes): Flushing {
  let unflushed = 0
  let flushedAt = performance.now()
  let flushing: Promise<void> | undefined

  async function flush(): Promise<void> {
    unflushed = 0
    const position = job.record.position()
    try {
      await lanes.flush()
      const { record, options } = job
      if (lanes.hasLost) await options.destination.flush?.(record.unflushedPaths())
      await record.flushed(position)
    } catch (error) {
      job.lose(recordNames.flushed, error)
    }
    flushedAt = performance.now()
    flushing = undefined
  }

  return {
    note(files) {
      unflushed += files
      const isDue = unflushed >= flushFiles || performance.now() - flushedAt >= flushMs
      if (isDue && unflushed > 0) flushing ??= flush()
    },
    async finish() {
      await flushing
      await flush()
    },
  }
}
