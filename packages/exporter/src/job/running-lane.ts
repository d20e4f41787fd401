import type { SharedAccess } from '@ahi-dicom/ahi-client'
import { LaneError } from '../errors.ts'
import { failureOf, type Failure } from '../failure/failure.ts'
import { createWatchMemory, watchedFrame, type WatchedFrame } from '../lane/decode-watch.ts'
import type { GuestFrame, GuestRequest } from '../lane/guest-frame.ts'
import {
  failedItem,
  framesToRead,
  instancesOf,
  type Fetched,
  type ItemResult,
  type LaneItem,
} from '../lane/lane-item.ts'
import type { FromLane, LaneSettings, ToLane } from '../lane/lane-messages.ts'
import type { LaneThreads } from './lane-threads.ts'

/** How a lane ended unexpectedly. */
export interface LaneCrash {
  /** Items that have no result yet. */
  readonly items: readonly LaneItem[]
  /** The frame that the lane hung on. Undefined if it did not hang. */
  readonly hung: WatchedFrame | undefined
  /** True if the lane never started to serve. Another one would not either. */
  readonly neverServed: boolean
  readonly error: unknown
}

/** Callbacks of a lane. */
interface RunningLaneListener {
  readonly onResult: (result: ItemResult) => void
  readonly onFetched: (fetched: Fetched) => void
  /** Called if an item was aborted. */
  readonly onUnfinished: (id: number) => void
  /** Called after all results of one message, when the lane has room again. */
  readonly onRoom: () => void
  /** Makes another lane read a frame. */
  readonly onGuest: (request: GuestRequest) => Promise<GuestFrame>
  readonly onCrash: (crash: LaneCrash) => void
}

/** Options of {@link startLane}. */
export interface RunningLaneOptions extends RunningLaneListener {
  readonly threads: LaneThreads
  readonly shareAccess: () => Promise<SharedAccess>
  readonly settings: Omit<LaneSettings, 'access' | 'watch'>
  /** How long one frame may take to decode, in milliseconds. */
  readonly decodeTimeoutMs: number
}

/** A lane in another thread, as the main thread sees it. */
export interface RunningLane {
  /** The number of items it has. */
  readonly itemCount: number
  /** The number of instances in these items. */
  readonly instanceCount: number
  /** The number of frames in its items, plus those it reads for other lanes. An item without frames counts as one. */
  readonly load: number
  hasLargeItem(): boolean
  hand(items: readonly LaneItem[]): void
  /** Reads a frame for another lane. Never rejects. */
  readGuest(request: GuestRequest): Promise<GuestFrame>
  /** Sets how many frames other lanes may read for this one at a time. */
  allowGuests(count: number): void
  /** Flushes its written files, so that they survive a power cut. */
  flush(): Promise<void>
  /** Aborts all items in progress. */
  abort(): void
  /** Ends the lane after its last item. Rejects if the lane fails to close. */
  end(): Promise<void>
  /** Terminates its thread at once. */
  kill(): void
}

const watchIntervalMs = 1000
/** Other lanes help with items that have at least this many frames. */
const fewestSharedFrames = 16

/** Starts a lane. Items handed to it before its thread runs are queued. */
export function startLane(options: RunningLaneOptions): RunningLane {
  const { decodeTimeoutMs } = options
  const items = new Map<number, LaneItem>()
  const guests = new Map<number, { readonly request: GuestRequest; readonly settle: (frame: GuestFrame) => void }>()
  const flushes = new Map<number, PromiseWithResolvers<void>>()
  const watch = createWatchMemory()
  // The thread loads its modules while the main thread gets the endpoints and credentials.
  const thread = options.threads.start(take)
  const opened = open()
  let load = 0
  let lastId = 0
  let guestsAllowed = 0
  let hasStarted = false
  let isEnding = false
  let hung: WatchedFrame | undefined
  /** Why the lane cannot serve. */
  let refusal: unknown
  const watching = setInterval(checkWatch, watchIntervalMs).unref()
  opened.catch(refuse)
  thread.ended.then(
    () => noteEnd(undefined),
    (error: unknown) => noteEnd(error),
  )

  function framesOf(item: LaneItem): number {
    return framesToRead(item, options.settings.options)
  }

  async function open(): Promise<void> {
    const access = await options.shareAccess()
    const { transfer, ...shared } = access
    thread.post(
      { kind: 'open', settings: { ...options.settings, access: { ...shared, transfer: [] }, watch } },
      transfer,
    )
  }

  function refuse(error: unknown): void {
    refusal = error
    thread.kill()
  }

  function post(message: ToLane): void {
    void opened.then(() => thread.post(message)).catch((error: unknown) => failUnsent(message, error))
  }

  /** Fails items that cannot be sent to another thread, for example because their attributes are nested too deeply. */
  function failUnsent(message: ToLane, error: unknown): void {
    if (message.kind !== 'items' || refusal !== undefined) return
    const [item, ...others] = message.items
    if (others.length > 0) for (const one of message.items) post({ kind: 'items', items: [one] })
    else if (item !== undefined && forget(item.id)) {
      options.onResult(failedItem(item.id, [failureOf(error)]))
      options.onRoom()
    }
  }

  function take(message: FromLane): void {
    if (message.kind === 'ready') hasStarted = true
    else if (message.kind === 'unable') refuse(errorOf(message.failure))
    else if (message.kind === 'news') takeNews(message)
    else if (message.kind === 'unfinished') {
      for (const id of message.ids) if (forget(id)) options.onUnfinished(id)
    } else if (message.kind === 'read-guest') {
      const { guest } = message
      void options.onGuest(guest).then((frame) => post({ kind: 'guest-read', frame: { ...frame, id: guest.id } }))
    } else if (message.kind === 'guest-read') settleGuest(message.frame)
    else settleFlush(message)
  }

  function takeNews({ results, fetched }: FromLane & { readonly kind: 'news' }): void {
    if (fetched.byteLength + fetched.frames + fetched.decodedFrames > 0) options.onFetched(fetched)
    for (const result of results) if (forget(result.id)) options.onResult(result)
    options.onRoom()
  }

  function forget(id: number): boolean {
    const item = items.get(id)
    if (item === undefined) return false
    items.delete(id)
    load -= framesOf(item)
    return true
  }

  function settleGuest(frame: GuestFrame): void {
    const guest = guests.get(frame.id)
    if (guest === undefined) return
    guests.delete(frame.id)
    load -= 1
    guest.settle(frame)
  }

  function settleFlush({ id, failure }: FromLane & { readonly kind: 'flushed' }): void {
    const flush = flushes.get(id)
    flushes.delete(id)
    if (failure === undefined) flush?.resolve()
    else flush?.reject(errorOf(failure))
  }

  function checkWatch(): void {
    const frame = watchedFrame(watch)
    if (frame === undefined || frame.elapsedMs <= decodeTimeoutMs) return
    hung = frame
    thread.kill()
  }

  function noteEnd(cause: unknown): void {
    clearInterval(watching)
    for (const { resolve } of flushes.values()) resolve()
    const error = crashError(cause)
    for (const { request, settle } of guests.values()) settle(unreadGuest(request))
    const lost = [...items.values()]
    items.clear()
    if (isEnding && lost.length === 0) return
    options.onCrash({ items: lost, hung, neverServed: !hasStarted, error })
  }

  function crashError(cause: unknown): unknown {
    if (refusal !== undefined) return refusal
    if (hung !== undefined) return timeoutError(hung)
    const why = cause instanceof Error ? cause.message : 'it ended unexpectedly'
    const message = hasStarted ? `Cannot export in a thread: ${why}` : `Cannot start a thread that exports: ${why}`
    return new LaneError('LANE_FAILED', message, { cause })
  }

  function timeoutError({ imageFrameId }: WatchedFrame): LaneError {
    const frame = imageFrameId === '' ? 'a frame of the whole instance' : `frame ${imageFrameId}`
    const message = `Cannot decode ${frame}: it takes longer than ${decodeTimeoutMs} ms`
    return new LaneError('DECODE_TIMEOUT', message, imageFrameId === '' ? {} : { imageFrameId })
  }

  /** Tells the asking lane to read the frame itself, or that the frame timed out if this lane hung on it. */
  function unreadGuest({ id, imageFrameId }: GuestRequest): GuestFrame {
    if (hung?.imageFrameId !== imageFrameId) return { id, isUnread: true }
    const { name, message, code } = timeoutError(hung)
    return { id, error: { name, message, fields: { code, imageFrameId } } }
  }

  return {
    get itemCount() {
      return items.size
    },
    get instanceCount() {
      return [...items.values()].reduce((sum, item) => sum + instancesOf(item), 0)
    },
    get load() {
      return load
    },
    hasLargeItem: () => [...items.values()].some((item) => framesOf(item) >= fewestSharedFrames),
    hand(handed) {
      for (const item of handed) {
        items.set(item.id, item)
        load += framesOf(item)
      }
      post({ kind: 'items', items: handed })
    },
    readGuest(request) {
      const { promise, resolve } = Promise.withResolvers<GuestFrame>()
      const id = (lastId += 1)
      guests.set(id, { request, settle: resolve })
      load += 1
      post({ kind: 'read-guest', guest: { ...request, id } })
      return promise
    },
    allowGuests(count) {
      if (count === guestsAllowed) return
      guestsAllowed = count
      post({ kind: 'guests-allowed', count })
    },
    flush() {
      const flush = Promise.withResolvers<void>()
      const id = (lastId += 1)
      flushes.set(id, flush)
      post({ kind: 'flush', id })
      return flush.promise
    },
    abort: () => post({ kind: 'abort' }),
    async end() {
      isEnding = true
      post({ kind: 'end' })
      await thread.ended
    },
    kill: () => thread.kill(),
  }
}

function errorOf({ code, message, isFatal }: Failure): LaneError {
  return new LaneError(code, message, { isFatal })
}
