import type { Destination } from '../destination/destination.ts'
import type { LockOptions, NamedRecord, RecordLock } from '../destination/record-store.ts'
import { OutputError } from '../errors.ts'
import { readAhead } from '../reading/read-ahead.ts'

/** The record of a writer that this process has locked. */
export interface ClaimedRecord extends Omit<NamedRecord, 'writer'> {
  readonly writer: string
  readonly lock: RecordLock
}

/** Result of {@link claimRecords}. Dispose of it to release the locks. */
export interface ClaimedRecords extends AsyncDisposable {
  /** Locked records, sorted by the names of their writers. */
  readonly claimed: readonly ClaimedRecord[]
  /** Names of writers that still run. */
  readonly locked: readonly string[]
}

/** Number of records that are locked at a time. Each may take as long as a lock takes to expire. */
const concurrentLocks = 256

type Claim =
  | { readonly kind: 'claimed'; readonly record: ClaimedRecord }
  | { readonly kind: 'locked'; readonly writer: string }
  | { readonly kind: 'failed'; readonly error: unknown }

/** Locks the records of all writers of a destination, except those that other runs have locked. */
export async function claimRecords(destination: Destination, options: LockOptions): Promise<ClaimedRecords> {
  const claimed: ClaimedRecord[] = []
  const locked: string[] = []
  const failed: { readonly error: unknown }[] = []

  async function claim({ writer, ...named }: NamedRecord): Promise<Claim | undefined> {
    if (writer === undefined) return undefined
    try {
      const lock = await named.record.lock(options)
      return { kind: 'claimed', record: { ...named, writer, lock } }
    } catch (error) {
      const isHeld = error instanceof OutputError && error.code === 'OUTPUT_LOCKED'
      return isHeld ? { kind: 'locked', writer } : { kind: 'failed', error }
    }
  }

  async function release(): Promise<void> {
    await Promise.all(claimed.map(({ lock }) => lock.release()))
  }

  try {
    for await (const found of readAhead(destination.records?.() ?? [], concurrentLocks - 1, claim)) {
      if (found?.kind === 'claimed') claimed.push(found.record)
      else if (found?.kind === 'locked') locked.push(found.writer)
      else if (found !== undefined) failed.push(found)
    }
    for (const { error } of failed) throw error
  } catch (error) {
    await release()
    throw error
  }
  return { claimed: claimed.sort(byWriter), locked: locked.sort(), [Symbol.asyncDispose]: release }
}

function byWriter({ writer: one }: ClaimedRecord, { writer: other }: ClaimedRecord): number {
  return one < other ? -1 : 1
}
