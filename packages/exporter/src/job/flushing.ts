import { setTimeout } from 'node:timers/promises'
import { recordNames } from '@ahi-dicom/export-files'
import type { Job } from './job.ts'
import type { Lanes } from './lanes.ts'

/** Flushes written files to disk in batches while the job runs, so that they survive a power cut. */
export interface Flushing {
  /** Counts written files. Flushes if a flush is due. */
  note(files: number): void
  /**
   * Resolves once everything recorded so far survives a power cut, or if a failed flush has ended the job. All waiting
   * callers share one flush, and flushes follow one another as long as somebody waits.
   */
  durable(): Promise<void>
  /** Flushes everything. Call it once all lanes are idle. */
  finish(): Promise<void>
}

/**
 * The number of files and milliseconds between two flushes. A killed process loses nothing. A power cut may lose files
 * written since the last flush.
 */
const flushFiles = 512
const flushMs = 5000
/**
 * The shortest time between two flushes that callers wait for, in milliseconds. It lets many small image sets share a
 * flush.
 */
const leastMs = 50
/**
 * The shortest time for destinations whose writes are durable at once. There, a flush sends a request to check the
 * manifest.
 */
const leastRequestMs = 250

/** Creates the flushing of a job. */
export function createFlushing(job: Job, lanes: Lanes): Flushing {
  let unflushed = 0
  let flushedAt = performance.now()
  let flushing: Promise<void> | undefined
  /** A flush that has not started yet. */
  let next: Promise<void> | undefined
  const betweenMs = job.options.destination.flush === undefined ? leastRequestMs : leastMs

  async function flushNext(): Promise<void> {
    await flushing
    const waitMs = flushedAt + betweenMs - performance.now()
    if (waitMs > 0) await setTimeout(waitMs)
    // Another flush may have started during the wait.
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
      job.noteUnrecorded(recordNames.flushed, error)
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
