import { unlink } from 'node:fs/promises'
import { OutputError, parseHolder } from '@ahi-dicom/export-files'
import type { RecordLock } from '@ahi-dicom/export-files'
import { readLockFile, renewLockFile } from './lock-file.ts'

/** A lock that this process holds, and may lose if it is stopped for long. */
export interface KeptLock extends RecordLock {
  /**
   * Makes sure that the lock was there within the last half second. Call it before each write to the record.
   *
   * @throws {OutputError} OUTPUT_LOST if another process has taken it over, or the folder is gone
   */
  check(): Promise<void> | undefined
}

/** Parts of a {@link KeptLock}. */
export interface KeptLockParts {
  readonly directory: string
  readonly path: string
  readonly token: string
  readonly onRelease: () => void
}

/** A holder renews its lock so often. */
const renewMs = 1000

const freshMs = 500

/** Another process that looks at a lock may move it away for a moment. */
const looks = 4
const lookAgainMs = 50

/** Keeps a lock: renews it every second until it is released or lost. */
export function keepLock({ directory, path, token, onRelease }: KeptLockParts): KeptLock {
  let seen = timeNow()
  let lost: OutputError | undefined
  let looking: Promise<void> | undefined
  // A lost lock is remembered, and any other failure is tried again a second later.
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
      if (count === looks) {
        clearInterval(timer)
        lost = lostError(directory, found)
        throw lost
      }
      await new Promise((resolve) => setTimeout(resolve, lookAgainMs))
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
      // A file system that cannot tell fails the write itself, or lets it pass.
    }
  }

  return {
    check: () => (lost === undefined && isFresh(seen) ? undefined : requireKept()),
    async release() {
      clearInterval(timer)
      await looking?.catch(() => undefined)
      onRelease()
      // A lock that cannot be removed is taken over by the next export.
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

/** A steady clock may stand still while the machine sleeps, and the other one may be set. */
function isFresh({ steadyMs, wallMs }: Times): boolean {
  const now = timeNow()
  const wall = now.wallMs - wallMs
  return now.steadyMs - steadyMs < freshMs && wall >= 0 && wall < freshMs
}

function lostError(directory: string, found: string | undefined): OutputError {
  const holder = found === undefined ? undefined : parseHolder(found)
  const why =
    holder === undefined
      ? 'its lock is gone, so the folder was removed, or another process has taken it over'
      : `process ${holder.pid} on ${holder.hostname} has taken it over while this process was stopped`
  const message = `Cannot go on with the export into "${directory}": ${why}; resume the export when no other one runs`
  return new OutputError('OUTPUT_LOST', message, { path: directory })
}
