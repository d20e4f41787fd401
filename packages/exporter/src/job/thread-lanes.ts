import { failureOf } from '../failure/failure.ts'
import type { GuestFrame, GuestRequest } from '../lane/guest-frame.ts'
import { failedItem, framesToRead, instancesOf, type LaneItem } from '../lane/lane-item.ts'
import type { LaneListener, Lanes } from './lanes.ts'
import { startLane, type LaneCrash, type RunningLane, type RunningLaneOptions } from './running-lane.ts'

/** Options of {@link createThreadLanes}. */
export interface ThreadLanesOptions
  extends LaneListener, Pick<RunningLaneOptions, 'threads' | 'shareAccess' | 'settings' | 'decodeTimeoutMs'> {
  /** The most lanes to start. */
  readonly count: number
  readonly signal: AbortSignal
  /** Aborts when no more items are to be started. */
  readonly starting: AbortSignal
}

/**
 * The most instances that wait in the main thread, so that lanes never run out of work. A series counts with all its
 * instances.
 */
const mostWaiting = 64
/** The most instances in a lane if no frames are read. */
const mostHeaders = 64
/**
 * How many frames wait in a lane for a free request, as a share of the requests it makes at a time. Handing out takes
 * time, too.
 */
const waitingShare = 0.5
/**
 * The load each lane must have before another lane starts, as a share of the same. A start takes as much CPU time as
 * some 15 frames.
 */
const shareBeforeAnother = 0.5
/** How many frames other lanes read for one lane at a time: one being decoded and one waiting. */
const guestsOfLane = 2
/** A lane that does not stop within this time is terminated, in milliseconds. */
const abortGraceMs = 5000

/**
 * Creates lanes that run in separate threads. A lane starts when there is work for it, and gets as many items as it has
 * room for. A lane that hangs on a frame or crashes is replaced. If it hung, the item of that frame fails and its other
 * items are handed out again. If it crashed, any of its items may be the cause: they are retried one by one, and an
 * item that crashes a lane again fails.
 */
export function createThreadLanes(options: ThreadLanesOptions): Lanes {
  const { count, signal, starting, settings } = options
  const lanes = new Set<RunningLane>()
  let waiting: LaneItem[] = []
  /** Items whose lane crashed. They wait until a lane is idle. */
  let suspects: LaneItem[] = []
  /** Lanes that are retrying a suspect, with that suspect. They get no other work. */
  const secluded = new Map<RunningLane, LaneItem>()
  let hasLost = false
  let isDispatchDue = false
  let roomAgain = Promise.withResolvers<void>()
  let settledAgain = Promise.withResolvers<void>()
  const atOnce = settings.options.headerOnly === true ? mostHeaders : Math.max(2, settings.maxFrames)
  /** The most frames in all items of a lane. */
  const mostLoad = atOnce * (1 + waitingShare)
  signal.addEventListener('abort', abort, { once: true })

  function start(): RunningLane {
    const lane: RunningLane = startLane({
      ...options,
      onResult: options.onResult,
      onUnfinished: noteSettled,
      onRoom: dispatchSoon,
      onGuest: (request) => readByAnother(lane, request),
      onCrash: (crash) => replaceCrashed(lane, crash),
    })
    lanes.add(lane)
    return lane
  }

  /** Dispatches after this turn of the event loop, so that items handed out together go to a lane in one message. */
  function dispatchSoon(): void {
    if (isDispatchDue) return
    isDispatchDue = true
    setImmediate(() => {
      isDispatchDue = false
      dispatch()
    })
  }

  function dispatch(): void {
    for (const lane of secluded.keys()) if (lane.itemCount === 0) secluded.delete(lane)
    dispatchWaiting()
    if (waiting.length === 0) dispatchSuspects()
    if (hasRoom()) {
      roomAgain.resolve()
      roomAgain = Promise.withResolvers()
    }
    shareLargeItems()
    noteSettled()
  }

  function hasRoom(): boolean {
    return waiting.reduce((sum, item) => sum + instancesOf(item), 0) < mostWaiting
  }

  function dispatchWaiting(): void {
    const batches = new Map<RunningLane, { load: number; items: LaneItem[] }>()
    const loadOf = (lane: RunningLane): number => lane.load + (batches.get(lane)?.load ?? 0)
    while (waiting.length > 0) {
      const lane = leastLoaded(loadOf)
      if (lane === undefined) break
      const item = waiting.shift()
      if (item === undefined) break
      const batch = batches.get(lane) ?? { load: 0, items: [] }
      batch.items.push(item)
      batch.load += framesToRead(item, settings.options)
      batches.set(lane, batch)
    }
    for (const [lane, { items }] of batches) lane.hand(items)
  }

  function dispatchSuspects(): void {
    while (suspects.length > 0) {
      const lane = [...lanes].find(({ load }) => load === 0) ?? (lanes.size < count ? start() : undefined)
      const item = lane === undefined ? undefined : suspects.shift()
      if (lane === undefined || item === undefined) return
      secluded.set(lane, item)
      lane.hand([item])
    }
  }

  /** Returns the least loaded lane that has room. Starts another lane if there is enough work for it. */
  function leastLoaded(loadOf: (lane: RunningLane) => number): RunningLane | undefined {
    let least: RunningLane | undefined
    for (const lane of shared()) if (least === undefined || loadOf(lane) < loadOf(least)) least = lane
    const isAnotherWorth = least === undefined || loadOf(least) >= atOnce * shareBeforeAnother
    if (lanes.size < count && isAnotherWorth) return start()
    return least !== undefined && loadOf(least) < mostLoad ? least : undefined
  }

  /** Returns the lanes that may get any work. */
  function shared(): readonly RunningLane[] {
    return [...lanes].filter((lane) => !secluded.has(lane))
  }

  /** Lets idle lanes read frames for lanes with large items. */
  function shareLargeItems(): void {
    const owners = shared().filter((lane) => lane.hasLargeItem())
    const isIdle = waiting.length === 0 && owners.length > 0
    if (isIdle && !signal.aborted) while (lanes.size < count) start()
    const idle = shared().filter(({ itemCount }) => itemCount === 0).length
    const each = isIdle ? Math.floor((idle * guestsOfLane) / owners.length) : 0
    for (const lane of lanes) lane.allowGuests(owners.includes(lane) ? each : 0)
  }

  async function readByAnother(owner: RunningLane, request: GuestRequest): Promise<GuestFrame> {
    let host: RunningLane | undefined
    for (const lane of shared()) if (lane !== owner && (host === undefined || lane.load < host.load)) host = lane
    return host === undefined ? { id: request.id, isUnread: true } : host.readGuest(request)
  }

  function replaceCrashed(lane: RunningLane, { items, hung, neverServed, error }: LaneCrash): void {
    const suspect = secluded.get(lane)
    lanes.delete(lane)
    secluded.delete(lane)
    hasLost = true
    if (neverServed && !signal.aborted) options.onFailure({ ...failureOf(error), isFatal: true })
    for (const item of items) {
      if (signal.aborted) continue
      if (item === suspect || item.id === hung?.itemId) options.onResult(failedItem(item.id, [failureOf(error)]))
      else if (hung === undefined) suspects.push(item)
      else waiting.unshift(item)
    }
    dispatchSoon()
  }

  function isSettled(): boolean {
    return waiting.length + suspects.length === 0 && [...lanes].every(({ itemCount }) => itemCount === 0)
  }

  function noteSettled(): void {
    if (!isSettled()) return
    settledAgain.resolve()
    settledAgain = Promise.withResolvers()
  }

  function failed(error: unknown): void {
    options.onFailure(failureOf(error))
  }

  function drop(): void {
    waiting = []
    suspects = []
    dispatchSoon()
  }

  function abort(): void {
    drop()
    for (const lane of lanes) lane.abort()
    setTimeout(() => {
      for (const lane of lanes) if (lane.load > 0) lane.kill()
    }, abortGraceMs).unref()
  }

  return {
    prepare() {
      if (lanes.size === 0) start()
    },
    async hand(item) {
      starting.throwIfAborted()
      waiting.push(item)
      dispatchSoon()
      while (!hasRoom()) await roomAgain.promise
    },
    stop() {
      drop()
      return [...lanes].reduce((sum, { instanceCount }) => sum + instanceCount, 0)
    },
    async settled() {
      while (!isSettled()) await settledAgain.promise
    },
    get hasLost() {
      return hasLost
    },
    async flush() {
      await Promise.all([...lanes].map((lane) => lane.flush()))
    },
    async close() {
      signal.removeEventListener('abort', abort)
      await Promise.all([...lanes].map((lane) => lane.end().catch(failed)))
    },
  }
}
