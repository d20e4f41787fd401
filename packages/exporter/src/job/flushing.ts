import { setTimeout } from 'node:timers/promises'
import { recordNames } from '@ahi-dicom/export-files'
import type { Job } from './job.ts'
import type { Lanes } from './lanes.ts'

/** Makes written files survive a power cut, in batches beside the work. */
export interface Flushing {
  /** Flushes what is due. Called when files were written. */
  note(files: number): void
  /**
   * Resolves once what is recorded by now survives a power cut, or the job has ended since it cannot. All who wait share a
   * flush, and flushes follow one another while somebody waits.
   */
  durable(): Promise<void>
  /** Flushes everything, once the lanes are at rest. */
  finish(): Promise<void>
}

/** Files and milliseconds between two flushes. A kill loses nothing; a power cut may lose what lies between. */
const flushFiles = 512
const flushMs = 5000
/** Milliseconds from a flush to the next one that somebody waits for, so that many small image sets share it. */
const leastMs = 50
/** The same where files and lines are durable as they are written: there, a flush looks at the manifest by a request. */
const leastRequestMs = 250

/** Makes the flushing of a job. */
export function createFlushing(job: Job, lanes: Lanes): Flushing {
  let unflushed = 0
  let flushedAt = performance.now()
  let flushing: Promise<void> | undefined
  /** A flush that has not begun. */
  let next: Promise<void> | undefined
  const betweenMs = job.options.destination.flush === undefined ? leastRequestMs : leastMs

  async function flushNext(): Promise<void> {
    await flushing
    const waitMs = flushedAt + betweenMs - performance.now()
    if (waitMs > 0) await setTimeout(waitMs)
    // One may have become due meanwhile.
    await flushing
    next = undefined
    await (flushing = flush())
  }

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
    durable: () => (next ??= flushNext()),
    async finish() {
      await next
      await flushing
      await flush()
    },
  }
}
