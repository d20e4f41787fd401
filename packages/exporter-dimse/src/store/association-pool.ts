import { setTimeout as delay } from 'node:timers/promises'
import { AssociationError } from '../association/association-error.ts'
import { openAssociation, type Association } from '../association/association.ts'
import type { ContextKey } from '../association/contexts.ts'
import type { Peer } from '../association/peer.ts'
import { createKnownContexts } from './known-contexts.ts'
import type { OpenCount } from './open-count.ts'

/** Lends associations, one user each at a time. */
export interface AssociationPool {
  /**
   * Resolves with an association at which the peer was asked for the context, whether or not it accepted it.
   *
   * @throws {AssociationError} if there is none to be had; the reason of the signal
   */
  acquire(key: ContextKey, signal: AbortSignal): Promise<Association>
  /** Takes one back. */
  giveBack(association: Association): void
  /** Releases those that nobody uses, and aborts the others. */
  close(): Promise<void>
}

/** What {@link createAssociationPool} needs. */
export interface AssociationPoolOptions {
  readonly peer: Peer
  /** Most associations at a time. */
  readonly associations: number
  /** Waits before an association is asked for again; as many repetitions. */
  readonly repeatDelaysMs: readonly number[]
  /** Of this pool and those of other lanes. */
  readonly openCount: OpenCount
}

interface Waiter extends PromiseWithResolvers<Association> {
  readonly key: ContextKey
}

/**
 * Makes a pool. It opens an association when one is waited for and none fits. If the peer takes no more of them, it goes on
 * with those that it has, or waits for those of other lanes to end; only if there are none it fails.
 */
export function createAssociationPool(options: AssociationPoolOptions): AssociationPool {
  const { peer, repeatDelaysMs, openCount } = options
  const known = createKnownContexts()
  const closing = new AbortController()
  const open = new Set<Association>()
  /** Those that nobody uses, and the timers that release them. */
  const idle = new Map<Association, NodeJS.Timeout>()
  const waiters = new Set<Waiter>()
  let limit = options.associations
  let opening = 0

  /** Gives an association to who waits for one that has its contexts, or keeps it for the next one. */
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

  /** Opens what is waited for. */
  function serve(): void {
    if (waiters.size === 0) return
    // New ones have all contexts that are known. The peer may take one only once these are gone.
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
      // One that was lost at once is lent as well: so its user counts the loss.
      lend(association)
    } catch (error) {
      opening -= 1
      if (open.size > 0) limit = open.size
      // The last one that is tried decides. One in its place would be asked for again, without an end.
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
