import { failureOf } from '../failure/failure.ts'
import type { GuestFrame, GuestRequest } from '../lane/guest-frame.ts'
import { failedItem, framesToRead, type LaneItem } from '../lane/lane-item.ts'
import type { LaneListener, Lanes } from './lanes.ts'
import { startLane, type LaneDeath, type RunningLane, type RunningLaneOptions } from './running-lane.ts'

/** Options of {@link createThreadLanes}. */
export interface ThreadLanesOptions
  extends LaneListener, Pick<RunningLaneOptions, 'threads' | 'shareAccess' | 'settings' | 'decodeTimeoutMs'> {
  /** Most lanes. */
  readonly count: number
  readonly signal: AbortSignal
}

/** Items that wait in this thread, so that no lane is ever out of work. */
const mostWaiting = 64
/** Instances that a lane may have if no frames are read. */
const mostHeaders = 64
/** Of what a lane may have, what each must have before another one starts: a start takes as much CPU as some 15 frames. */
const shareBeforeAnother = 0.5
/** Frames that other lanes read at a time for one: one that is decoded and one that waits. */
const guestsOfLane = 2
/** A lane that does not stop within this time is ended. */
const abortGraceMs = 5000
/** An item that so many lanes have died with counts as failed. */
const mostDeaths = 2

/**
 * Makes lanes that run in threads of their own. They start as there is work for them, and each gets the items that it has
 * room for. A lane that hangs on a frame or dies is replaced: the frame is named, and its other items are done again.
 */
export function createThreadLanes(options: ThreadLanesOptions): Lanes {
  const { count, signal, settings } = options
  const lanes = new Set<RunningLane>()
  const deaths = new Map<number, number>()
  let waiting: LaneItem[] = []
  let hasLost = false
  let isDispatchDue = false
  let roomAgain = Promise.withResolvers<void>()
  let settledAgain = Promise.withResolvers<void>()
  /** Frames of all items that a lane may have: as many as it may request at a time. */
  const mostLoad = settings.options.headerOnly === true ? mostHeaders : Math.max(2, settings.maxFrames)
  signal.addEventListener('abort', stop, { once: true })

  function start(): RunningLane {
    const lane: RunningLane = startLane({
      ...options,
      onResult(result) {
        deaths.delete(result.id)
        options.onResult(result)
      },
      onUnfinished: noteSettled,
      onRoom: dispatchSoon,
      onGuest: (request) => readByAnother(lane, request),
      onDeath: (death) => bury(lane, death),
    })
    lanes.add(lane)
    return lane
  }

  /** What is handed out in one turn of the event loop goes to a lane in one message. */
  function dispatchSoon(): void {
    if (isDispatchDue) return
    isDispatchDue = true
    setImmediate(() => {
      isDispatchDue = false
      dispatch()
    })
  }

  function dispatch(): void {
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
    if (waiting.length < mostWaiting) {
      roomAgain.resolve()
      roomAgain = Promise.withResolvers()
    }
    shareLargeItems()
    noteSettled()
  }

  /** Returns the lane with the least to do, if it has room. Another one starts once that is worth it. */
  function leastLoaded(loadOf: (lane: RunningLane) => number): RunningLane | undefined {
    let least: RunningLane | undefined
    for (const lane of lanes) if (least === undefined || loadOf(lane) < loadOf(least)) least = lane
    const isAnotherWorth = least === undefined || loadOf(least) >= mostLoad * shareBeforeAnother
    if (lanes.size < count && isAnotherWorth) return start()
    return least !== undefined && loadOf(least) < mostLoad ? least : undefined
  }

  /** Lanes without work read frames of large items of others. */
  function shareLargeItems(): void {
    const owners = [...lanes].filter((lane) => lane.hasLargeItem())
    const isIdle = waiting.length === 0 && owners.length > 0
    if (isIdle && !signal.aborted) while (lanes.size < count) start()
    const idle = [...lanes].filter(({ itemCount }) => itemCount === 0).length
    const each = isIdle ? Math.floor((idle * guestsOfLane) / owners.length) : 0
    for (const lane of lanes) lane.allowGuests(owners.includes(lane) ? each : 0)
  }

  async function readByAnother(owner: RunningLane, request: GuestRequest): Promise<GuestFrame> {
    let host: RunningLane | undefined
    for (const lane of lanes) if (lane !== owner && (host === undefined || lane.load < host.load)) host = lane
    return host === undefined ? { id: request.id, isTooLarge: true } : host.readGuest(request)
  }

  function bury(lane: RunningLane, { items, hung, isStillborn, error }: LaneDeath): void {
    lanes.delete(lane)
    hasLost = true
    if (isStillborn && !signal.aborted) options.onFailure({ ...failureOf(error), isFatal: true })
    for (const item of items) {
      if (signal.aborted) continue
      const died = (deaths.get(item.id) ?? 0) + 1
      deaths.set(item.id, died)
      if (item.id === hung?.itemId || died >= mostDeaths) options.onResult(failedItem(item.id, [failureOf(error)]))
      else waiting.unshift(item)
    }
    dispatchSoon()
  }

  function isSettled(): boolean {
    return waiting.length === 0 && [...lanes].every(({ itemCount }) => itemCount === 0)
  }

  function noteSettled(): void {
    if (!isSettled()) return
    settledAgain.resolve()
    settledAgain = Promise.withResolvers()
  }

  function stop(): void {
    waiting = []
    for (const lane of lanes) lane.abort()
    setTimeout(() => {
      for (const lane of lanes) if (lane.itemCount > 0) lane.kill()
    }, abortGraceMs).unref()
    dispatchSoon()
  }

  return {
    prepare() {
      if (lanes.size === 0) start()
    },
    async hand(item) {
      signal.throwIfAborted()
      waiting.push(item)
      dispatchSoon()
      while (waiting.length >= mostWaiting) await roomAgain.promise
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
      signal.removeEventListener('abort', stop)
      await Promise.all([...lanes].map((lane) => lane.end()))
    },
  }
}
