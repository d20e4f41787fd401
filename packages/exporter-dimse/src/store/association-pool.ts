import { setTimeout as delay } from 'node:timers/promises'
import { AssociationError } from '../association/association-error.ts'
import { openAssociation, type Association } from '../association/association.ts'
import type { ContextKey } from '../association/contexts.ts'
import type { Peer } from '../association/peer.ts'
import { createKnownContexts } from './known-contexts.ts'
import type { OpenCount } from './open-count.ts'

/** Lends each association to one user at a time. */
export interface AssociationPool {
  /**
   * Resolves with an association that proposed the context, whether or not the peer accepted it.
   *
   * @throws {AssociationError} if no association can be opened. Rejects with the reason of the signal if that aborts.
   */
  acquire(key: ContextKey, signal: AbortSignal): Promise<Association>
  /** Takes an association back. */
  giveBack(association: Association): void
  /** Releases unused associations and aborts the others. */
  close(): Promise<void>
}

/** Options of {@link createAssociationPool}. */
export interface AssociationPoolOptions {
  readonly peer: Peer
  /** Most associations at a time. */
  readonly associations: number
  /** Pauses before an association is requested again. Their number is the number of repetitions. */
  readonly repeatDelaysMs: readonly number[]
  /** Open associations of this pool and of other lanes. */
  readonly openCount: OpenCount
}

interface Waiter extends PromiseWithResolvers<Association> {
  readonly key: ContextKey
}

/**
 * Creates a pool. It opens an association when a user waits and no unused one fits. If the peer accepts no more, the
 * pool continues with its open associations, or waits until other lanes close theirs. It fails only without any
 * association.
 */
export function createAssociationPool(options: AssociationPoolOptions): AssociationPool {
  const { peer, repeatDelaysMs, openCount } = options
  const known = createKnownContexts()
  const closing = new AbortController()
  const open = new Set<Association>()
  /** Unused associations and the timers that release them. */
  const idle = new Map<Association, NodeJS.Timeout>()
  const waiters = new Set<Waiter>()
  let limit = options.associations
  let opening = 0

  /** Lends an association to a waiting user whose context it proposed, or keeps it for later. */
  function lend(association: Association): void {
    for (const waiter of waiters) {
      if (!association.contexts.isProposed(waiter.key)) continue
      waiters.delete(waiter)
      waiter.resolve(association)
      return
    }
    if (open.has(association)) rest(association)
  }

  function rest(association: Association): void {
    const timer = setTimeout(() => release(association), peer.timeouts.idleMs)
    timer.unref()
    idle.set(association, timer)
  }

  function takeIdle(association: Association): Association {
    clearTimeout(idle.get(association))
    idle.delete(association)
    return association
  }

  function forget(association: Association): void {
    takeIdle(association)
    if (open.delete(association)) openCount.add(-1)
  }

  async function release(association: Association): Promise<void> {
    forget(association)
    await association.release()
  }

  /** Opens associations for the waiting users. */
  function serve(): void {
    if (waiters.size === 0) return
    // New associations propose all known contexts. The peer may accept one only after the unfit ones are released.
    for (const unfitting of idle.keys()) void release(unfitting)
    while (opening < waiters.size && open.size + opening < limit) void addAssociation()
  }

  async function addAssociation(): Promise<void> {
    opening += 1
    try {
      const association = await openPatiently()
      opening -= 1
      open.add(association)
      openCount.add(1)
      association.onLost(() => forget(association))
      // An association that was lost at once is lent too, so that its user counts the loss.
      lend(association)
    } catch (error) {
      opening -= 1
      if (open.size > 0) limit = open.size
      // The last attempt decides. Replacing a failed one would repeat without end.
      else if (opening > 0) return
      else rejectAll(error)
    }
    serve()
  }

  function rejectAll(error: unknown): void {
    for (const waiter of waiters) waiter.reject(error)
    waiters.clear()
  }

  async function openPatiently(): Promise<Association> {
    for (let repetition = 0; ;) {
      try {
        return await openAssociation(peer, { keys: known.keys(), signal: closing.signal })
      } catch (error) {
        const failure = error instanceof AssociationError ? error.failure : undefined
        if ((failure !== 'away' && failure !== 'busy') || open.size > 0) throw error
        const isTakenByOthers = failure === 'busy' && openCount.total() > 0
        if (!isTakenByOthers && repetition === repeatDelaysMs.length) throw error
        await delay(repeatDelaysMs[repetition] ?? longestOf(repeatDelaysMs), undefined, { signal: closing.signal })
        if (!isTakenByOthers) repetition += 1
      }
    }
  }

  return {
    async acquire(key, signal) {
      signal.throwIfAborted()
      known.note(key)
      const fitting = [...idle.keys()].findLast(({ contexts }) => contexts.isProposed(key))
      if (fitting !== undefined) return takeIdle(fitting)
      const waiter = { ...Promise.withResolvers<Association>(), key }
      const onAbort = (): void => {
        waiters.delete(waiter)
        waiter.reject(signal.reason)
      }
      signal.addEventListener('abort', onAbort)
      waiters.add(waiter)
      serve()
      try {
        return await waiter.promise
      } finally {
        signal.removeEventListener('abort', onAbort)
      }
    },
    giveBack(association) {
      if (open.has(association)) lend(association)
      serve()
    },
    async close() {
      closing.abort(new AssociationError('away', 'the pool of associations is closed'))
      rejectAll(closing.signal.reason)
      const unused = [...idle.keys()]
      for (const association of open) if (!idle.has(association)) association.abort()
      await Promise.all(unused.map(release))
    },
  }
}

function longestOf(delays: readonly number[]): number {
  return Math.max(1000, ...delays)
}
