import { unlink } from 'node:fs/promises'
import { OutputError, parseHolder } from '@ahi-dicom/export-files'
import type { RecordLock } from '@ahi-dicom/export-files'
import { readLockFile, renewLockFile } from './lock-file.ts'

/** A lock that this process holds. The process loses it if it is suspended for too long. */
export interface KeptLock extends RecordLock {
  /**
   * Checks that this process held the lock within the last half second. Call it before each write to the record.
   *
   * @throws {OutputError} OUTPUT_LOST if another process has taken it over, or the folder is gone
   */
  check(): Promise<void> | undefined
}

/** Options of {@link keepLock}. */
export interface KeepLockOptions {
  readonly directory: string
  readonly path: string
  readonly token: string
  readonly onRelease: () => void
}

/** The holder renews its lock at this interval. */
const renewMs = 1000

/** `check` reads the lock again after this time. */
const freshMs = 500

/** Number of times to look for a missing lock. Another waiting process may move it away for a moment. */
const maxLooks = 4
const recheckMs = 50

/** Renews a lock every second until it is released or lost. */
export function keepLock({ directory, path, token, onRelease }: KeepLockOptions): KeptLock {
  let seen = timeNow()
  let lost: OutputError | undefined
  let looking: Promise<void> | undefined
  // A lost lock is remembered in `lost`. After any other failure, the next renewal tries again.
  const timer = setInterval(() => void look().catch(() => undefined), renewMs).unref()

  const isOurs = (content: string): boolean => parseHolder(content)?.token === token

  async function lookOnce(): Promise<void> {
    for (let count = 1; ; count++) {
      const startedAt = timeNow()
      const found = await renewLockFile(path, isOurs)
      if (found !== undefined && isOurs(found)) {
        seen = startedAt
        return
      }
      if (count === maxLooks) {
        clearInterval(timer)
        lost = lostError(directory, found)
        throw lost
      }
      await new Promise((resolve) => setTimeout(resolve, recheckMs))
    }
  }

  function look(): Promise<void> {
    looking ??= lookOnce().finally(() => {
      looking = undefined
    })
    return looking
  }

  async function requireKept(): Promise<void> {
    if (lost !== undefined) throw lost
    try {
      await look()
    } catch (error) {
      if (lost !== undefined) throw lost
      if (error instanceof OutputError) throw error
      // The lock could not be read. If the file system is broken, the write itself will fail.
    }
  }

  return {
    check: () => (lost === undefined && isFresh(seen) ? undefined : requireKept()),
    async release() {
      clearInterval(timer)
      await looking?.catch(() => undefined)
      onRelease()
      // If the lock cannot be removed, the next export takes it over.
      const found = await readLockFile(path).catch(() => undefined)
      if (found !== undefined && isOurs(found.content)) await unlink(path).catch(() => undefined)
    },
  }
}

interface Times {
  readonly steadyMs: number
  readonly wallMs: number
}

function timeNow(): Times {
  return { steadyMs: performance.now(), wallMs: Date.now() }
}

/** Checks both clocks: the steady clock may stop while the machine sleeps, and the wall clock may be set. */
function isFresh({ steadyMs, wallMs }: Times): boolean {
  const now = timeNow()
  const wall = now.wallMs - wallMs
  return now.steadyMs - steadyMs < freshMs && wall >= 0 && wall < freshMs
}

function lostError(directory: string, found: string | undefined): OutputError {
  const holder = found === undefined ? undefined : parseHolder(found)
  const why =
    holder === undefined
      ? 'its lock is gone: the folder was removed, or another process took it over'
      : `process ${holder.pid} on ${holder.hostname} took it over while this process was suspended`
  const message = `Cannot continue the export into "${directory}": ${why}; resume the export when no other one runs`
  return new OutputError('OUTPUT_LOST', message, { path: directory })
}
