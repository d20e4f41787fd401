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

/** A slow disk may hold a renewal up for many seconds. */
const expiry: LockExpiry = { expiryMs: 30_000, restartedMs: 3000 }

/** A lock that may be somebody's is looked at so often. */
const lookMs = 500

/** Longer than another process takes to put back a lock that it should not have moved. */
const settleMs = 200

/** Options of {@link lockDirectory}. */
export interface LockDirectoryOptions extends LockOptions {
  readonly modes: Modes
  /** Whether writers of other names could share the destination. */
  readonly isShared: boolean
}

/**
 * Claims a folder for this process by a lock file in it, which the holder renews every second. The lock of a process of
 * this system that has ended is taken over at once. Any other is watched: if it is renewed, the folder is refused; if not,
 * the lock has expired and is taken over.
 *
 * @throws {OutputError} OUTPUT_LOCKED while another export holds the folder; the reason of the signal
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

/** Others that wait for the same lock may move ours away for a moment, and somebody may be quicker than they put it back. */
async function isSettled(path: string, content: string): Promise<boolean> {
  await waitForLock(settleMs, undefined)
  return (await readLockFile(path))?.content === content
}

/**
 * Returns a lock file as soon as it changes, or as it is after `mostMs`. If this process was stopped in between, the time
 * does not count: the holder may have been stopped as well.
 */
async function watch(
  path: string,
  seen: LockSnapshot,
  { mostMs, signal }: { readonly mostMs: number; readonly signal: AbortSignal | undefined },
): Promise<LockSnapshot | undefined> {
  let current: LockSnapshot | undefined = seen
  let before = performance.now()
  // Those that wait for the same lock should not all take it at the same moment.
  const delayMs = mostMs === 0 ? 0 : Math.random() * 2 * lookMs
  for (let watchedMs = -delayMs; watchedMs < mostMs && isSame(current, seen);) {
    await waitForLock(lookMs, signal)
    const now = performance.now()
    watchedMs += Math.min(now - before, 2 * lookMs)
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
    `${mostMs / 1000} s for a sign of it; without one, this export takes the folder over`
  )
}

function locked(
  { directory, isShared }: Pick<Claim, 'directory' | 'isShared'>,
  holder: LockHolder | undefined,
): OutputError {
  const message =
    `Cannot export into "${directory}": ${nameOf(holder)} is exporting into it; wait for it, or end it, ` +
    `and resume the export then${isShared ? '; for another selection, name a `writer`' : ''}`
  return new OutputError('OUTPUT_LOCKED', message, { path: join(directory, recordNames.lock) })
}
