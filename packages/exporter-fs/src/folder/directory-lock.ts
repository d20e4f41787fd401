import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import {
  heldTokens,
  msUntilGone,
  OutputError,
  parseHolder,
  recordNames,
  thisHolder,
  waitForLock,
} from '@ahi-dicom/export-files'
import type { LockExpiry, LockHolder, LockOptions } from '@ahi-dicom/export-files'
import { outputError } from '../file/file-system-error.ts'
import type { Modes } from '../file/modes.ts'
import { isSame, makeLockFile, readLockFile, removeLockFile } from './lock-file.ts'
import type { LockSnapshot } from './lock-file.ts'
import { keepLock } from './kept-lock.ts'
import type { KeptLock } from './kept-lock.ts'

/** A lock expires after 30 s without a renewal, because a slow disk may delay a renewal for many seconds. */
const expiry: LockExpiry = { expiryMs: 30_000, restartedMs: 3000 }

/** A waiting export reads the lock at this interval. */
const pollMs = 500

/** Longer than another process needs to put back a lock that it moved by mistake. */
const settleMs = 200

/** Options of {@link lockDirectory}. */
export interface LockDirectoryOptions extends LockOptions {
  readonly modes: Modes
  /** True if other writers could share the folder. The message of OUTPUT_LOCKED then suggests a `writer`. */
  readonly isShared: boolean
}

/**
 * Locks a folder for this process with a lock file, which the holder renews every second. If the holder was a process of this
 * machine and has ended, its lock is taken over at once. Any other lock is watched: if its holder renews it, locking fails; if
 * not, the lock has expired and is taken over.
 *
 * @throws {OutputError} OUTPUT_LOCKED if another export holds the lock
 * @throws the reason of the signal if it aborts
 */
export async function lockDirectory(
  directory: string,
  { modes, isShared, ...options }: LockDirectoryOptions,
): Promise<KeptLock> {
  const path = join(directory, recordNames.lock)
  const token = randomBytes(8).toString('hex')
  const content = JSON.stringify(await thisHolder(token))
  heldTokens.add(token)
  try {
    await claim({ directory, path, content, modes, isShared }, options)
  } catch (error) {
    heldTokens.delete(token)
    options.signal?.throwIfAborted()
    throw error instanceof OutputError ? error : outputError(error, 'lock folder', directory)
  }
  return keepLock({ directory, path, token, onRelease: () => heldTokens.delete(token) })
}

interface Claim {
  readonly directory: string
  readonly path: string
  readonly content: string
  readonly modes: Modes
  readonly isShared: boolean
}

async function claim({ directory, path, content, modes, isShared }: Claim, options: LockOptions): Promise<void> {
  for (let isContested = false; ; isContested = true) {
    if (await makeLockFile(path, content, modes)) {
      if (!isContested || (await isSettled(path, content))) return
      continue
    }
    const seen = await readLockFile(path)
    if (seen === undefined) continue
    const holder = parseHolder(seen.content)
    const mostMs = await msUntilGone(holder, expiry)
    if (mostMs === Infinity) throw locked({ directory, isShared }, holder)
    if (mostMs > 0) options.onWait?.({ message: waiting(directory, holder, mostMs), mostMs })
    const after = await watch(path, seen, { mostMs, signal: options.signal })
    if (isSame(after, seen)) await removeLockFile(path, seen, modes)
    else if (after?.content === seen.content) throw locked({ directory, isShared }, holder)
  }
}

/**
 * Returns true if this process still holds the lock after a short wait. Another waiting process may have moved the new lock by
 * mistake, and a third one may have locked the folder before it was put back.
 */
async function isSettled(path: string, content: string): Promise<boolean> {
  await waitForLock(settleMs, undefined)
  return (await readLockFile(path))?.content === content
}

/**
 * Returns the lock file as soon as it changes, or after `mostMs` if it does not change. The time that this process was
 * suspended does not count, because the holder may have been suspended as well.
 */
async function watch(
  path: string,
  seen: LockSnapshot,
  { mostMs, signal }: { readonly mostMs: number; readonly signal: AbortSignal | undefined },
): Promise<LockSnapshot | undefined> {
  let current: LockSnapshot | undefined = seen
  let before = performance.now()
  // A random delay, so that several waiting processes do not take the lock at the same moment.
  const delayMs = mostMs === 0 ? 0 : Math.random() * 2 * pollMs
  for (let watchedMs = -delayMs; watchedMs < mostMs && isSame(current, seen);) {
    await waitForLock(pollMs, signal)
    const now = performance.now()
    watchedMs += Math.min(now - before, 2 * pollMs)
    before = now
    current = await readLockFile(path)
  }
  return current
}

function nameOf(holder: LockHolder | undefined): string {
  return holder === undefined ? 'an unknown process' : `process ${holder.pid} on ${holder.hostname}`
}

function waiting(directory: string, holder: LockHolder | undefined, mostMs: number): string {
  return (
    `The folder "${directory}" is locked by ${nameOf(holder)}, which may have ended: waiting up to ` +
    `${mostMs / 1000} s for it to renew its lock; if it does not, this export takes over`
  )
}

function locked(
  { directory, isShared }: Pick<Claim, 'directory' | 'isShared'>,
  holder: LockHolder | undefined,
): OutputError {
  const message =
    `Cannot export into "${directory}": ${nameOf(holder)} is exporting into it; wait for it or stop it, ` +
    `then resume the export${isShared ? '; to export another selection at the same time, name a `writer`' : ''}`
  return new OutputError('OUTPUT_LOCKED', message, { path: join(directory, recordNames.lock) })
}
