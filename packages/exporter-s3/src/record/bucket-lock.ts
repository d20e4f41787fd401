import { randomBytes } from 'node:crypto'
import {
  heldTokens,
  msUntilGone,
  OutputError,
  parseHolder,
  recordNames,
  thisHolder,
  waitForLock,
  type LockExpiry,
  type LockHolder,
  type LockOptions,
  type RecordLock,
} from '@ahi-dicom/export-files'
import { DeleteObjectCommand, GetObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3'
import { isConditionFailed, isNotThere } from '../access/s3-error.ts'
import { recordFolder } from '@ahi-dicom/export-files/writers'
import type { BucketPlace } from '../place/bucket-place.ts'

/** A lock in a bucket that this process holds. The process loses it if it is suspended for too long. */
export interface BucketLock extends RecordLock {
  /**
   * Checks that the lock was renewed in the last 12 seconds, and renews it if not. Call it before each write to the record.
   *
   * @throws {OutputError} OUTPUT_LOST if another process has taken it over
   */
  check(): Promise<void>
}

/** The holder renews its lock at this interval. */
const renewMs = 5000
/** The holder writes nothing if its last renewal is older than this. */
const leaseMs = 12_000

/** A lock expires if it is not renewed for this long. */
const expiry: LockExpiry = { expiryMs: 30_000, restartedMs: 15_000 }

/** A waiting export reads the lock at this interval. */
const pollMs = 1000

/** The location of a lock. */
export interface LockPlace {
  readonly client: S3Client
  readonly place: BucketPlace
}

/**
 * Locks the location for this process with an object. Only one process can create it (`If-None-Match`), and only its holder
 * can renew it (`If-Match`). If the holder was a process of this machine and has ended, its lock is taken over at once. Any
 * other lock is watched: if its holder renews it, locking fails; if not, the lock has expired and is taken over.
 *
 * @throws {OutputError} OUTPUT_LOCKED if another export holds the lock
 * @throws the reason of the signal if it aborts
 */
export async function lockBucket({ client, place }: LockPlace, options: LockOptions = {}): Promise<BucketLock> {
  const token = randomBytes(8).toString('hex')
  const holder = await thisHolder(token)
  const object = lockObject({ client, place }, holder)
  heldTokens.add(token)
  try {
    const tag = await claim(object, place, options)
    return keepLock(object, { place, tag, onRelease: () => void heldTokens.delete(token) })
  } catch (error) {
    heldTokens.delete(token)
    options.signal?.throwIfAborted()
    throw error
  }
}

/** The lock at one moment. The tag changes when the holder renews it. */
interface LockSnapshot {
  readonly holder: LockHolder | undefined
  readonly tag: string
}

interface LockObject {
  /**
   * Creates the lock if `expected` is undefined, else renews the lock if it has this tag. Returns the new tag, or undefined
   * if the condition fails.
   */
  write(expected: string | undefined): Promise<string | undefined>
  read(): Promise<LockSnapshot | undefined>
  remove(expected: string): Promise<void>
}

function lockObject({ client, place }: LockPlace, holder: LockHolder): LockObject {
  const target = { Bucket: place.bucket, Key: place.keyOf(recordFolder + recordNames.lock) }
  let renewals = 0

  async function read(): Promise<LockSnapshot | undefined> {
    try {
      const { Body: body, ETag: tag = '' } = await client.send(new GetObjectCommand(target))
      return { holder: parseHolder((await body?.transformToString()) ?? ''), tag }
    } catch (error) {
      if (isNotThere(error)) return undefined
      throw error
    }
  }

  return {
    read,
    async write(expected) {
      renewals += 1
      const body = Buffer.from(JSON.stringify({ ...holder, renewals }))
      const condition = expected === undefined ? { IfNoneMatch: '*' } : { IfMatch: expected }
      try {
        const { ETag: tag } = await client.send(new PutObjectCommand({ ...target, ...condition, Body: body }))
        return tag
      } catch (error) {
        if (!isConditionFailed(error) && !isNotThere(error)) throw error
        // If the answer to an earlier attempt was lost, the lock exists and belongs to this process.
        const found = await read()
        return found?.holder?.token === holder.token ? found.tag : undefined
      }
    },
    async remove(expected) {
      const found = await read()
      if (found?.tag === expected) await client.send(new DeleteObjectCommand(target))
    },
  }
}

async function claim(object: LockObject, place: BucketPlace, options: LockOptions): Promise<string> {
  for (;;) {
    const made = await object.write(undefined)
    if (made !== undefined) return made
    const seen = await object.read()
    if (seen === undefined) continue
    const mostMs = await msUntilGone(seen.holder, expiry)
    if (mostMs === Infinity) throw locked(place, seen.holder)
    if (mostMs > 0) options.onWait?.({ message: waiting(place, seen.holder, mostMs), mostMs })
    const after = await watch(object, seen, { mostMs, signal: options.signal })
    if (after === undefined) continue
    if (after.tag !== seen.tag) throw locked(place, after.holder)
    const taken = await object.write(seen.tag)
    if (taken !== undefined) return taken
  }
}

/** Returns the lock as soon as it changes, or after `mostMs` if it does not change. */
async function watch(
  object: LockObject,
  seen: LockSnapshot,
  { mostMs, signal }: { readonly mostMs: number; readonly signal: AbortSignal | undefined },
): Promise<LockSnapshot | undefined> {
  let current: LockSnapshot | undefined = seen
  for (let watchedMs = 0; watchedMs < mostMs && current?.tag === seen.tag; watchedMs += pollMs) {
    await waitForLock(pollMs, signal)
    current = await object.read()
  }
  return current
}

interface Keeping {
  readonly place: BucketPlace
  readonly tag: string
  readonly onRelease: () => void
}

function keepLock(object: LockObject, { place, tag: first, onRelease }: Keeping): BucketLock {
  let tag = first
  let renewed = timeNow()
  let lost: OutputError | undefined
  let renewing: Promise<void> | undefined
  // A lost lock is remembered in `lost`. After any other failure, the next renewal tries again.
  const timer = setInterval(() => void renew().catch(() => undefined), renewMs).unref()

  async function renewOnce(): Promise<void> {
    const startedAt = timeNow()
    const next = await object.write(tag)
    if (next === undefined) {
      clearInterval(timer)
      lost = lostError(place)
      throw lost
    }
    tag = next
    renewed = startedAt
  }

  function renew(): Promise<void> {
    renewing ??= renewOnce().finally(() => {
      renewing = undefined
    })
    return renewing
  }

  return {
    async check() {
      if (lost !== undefined) throw lost
      if (!isWithin(renewed, leaseMs)) await renew()
    },
    async release() {
      clearInterval(timer)
      await renewing?.catch(() => undefined)
      onRelease()
      // If the lock cannot be removed, the next export takes it over.
      if (lost === undefined) await object.remove(tag).catch(() => undefined)
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
function isWithin({ steadyMs, wallMs }: Times, mostMs: number): boolean {
  const now = timeNow()
  const wall = now.wallMs - wallMs
  return now.steadyMs - steadyMs < mostMs && wall >= 0 && wall < mostMs
}

function nameOf(holder: LockHolder | undefined): string {
  return holder === undefined ? 'an unknown process' : `process ${holder.pid} on ${holder.hostname}`
}

function waiting({ name }: BucketPlace, holder: LockHolder | undefined, mostMs: number): string {
  return (
    `"${name}" is locked by ${nameOf(holder)}, which may have ended: waiting up to ${mostMs / 1000} s for it to renew its lock; ` +
    'if it does not, this export takes over'
  )
}

function locked({ name }: BucketPlace, holder: LockHolder | undefined): OutputError {
  const message =
    `Cannot export into "${name}": ${nameOf(holder)} is exporting into it; wait for it or stop it, ` +
    'then resume the export; to export another selection at the same time, name a `writer`'
  return new OutputError('OUTPUT_LOCKED', message, { path: name })
}

function lostError({ name }: BucketPlace): OutputError {
  const message =
    `Cannot continue the export into "${name}": its lock is gone, or another process took it over while this one was ` +
    'suspended; resume the export when no other one runs'
  return new OutputError('OUTPUT_LOST', message, { path: name })
}
