import { createFrameClient, createLimiter, type Limiter, type Reservation } from '@ahi-dicom/ahi-client/frames'
import type { FrameDecoder, FrameReader } from '@ahi-dicom/dicomizer'
import { isInstanceFormat, isSeriesFormat, type AnyFormat, type FileWriter } from '@ahi-dicom/export-files'
import { createFrameMemory, type FrameMemory } from '@ahi-dicom/htj2k-decoder'
import { failureOf } from '../failure/failure.ts'
import { createDecodeWatch } from './decode-watch.ts'
import { exportItem } from './export-item.ts'
import { readGuestFrame } from './guest-host.ts'
import { createGuestReaders } from './guest-reader.ts'
import { failedItem, instancesOf, nothingFetched, type LaneItem } from './lane-item.ts'
import type { FromLane, LaneSettings, LaneStart, ToLane } from './lane-messages.ts'
import type { Lane } from './lane.ts'
import { loadLaneModule } from './load-lane-module.ts'
import { createNews } from './news.ts'
import { createThreadReader } from './thread-reader.ts'

/**
 * Serves as a lane in this thread. Exports the items that arrive on the port until the main thread ends the lane.
 * Resolves once everything is released.
 * @example
 * import { workerData } from 'node:worker_threads'
 * import { serveLane } from '@ahi-dicom/exporter/lane'
 *
 * await serveLane(workerData)
 */
export async function serveLane({ port }: LaneStart): Promise<void> {
  const post = (message: FromLane): void => port.postMessage(message)
  const news = createNews(post)
  const memory = createFrameMemory()
  const guests = createGuestReaders({ post, memory })
  const stop = new AbortController()
  const running = new Set<Promise<void>>()
  const { promise: opening, resolve: open } = Promise.withResolvers<OpenLane>()
  opening.then(
    () => post({ kind: 'ready' }),
    (error: unknown) => post({ kind: 'unable', failure: failureOf(error) }),
  )

  async function run(item: LaneItem): Promise<void> {
    const open = await opening.catch(() => undefined)
    if (open === undefined) return
    const { lane, places } = open
    let place: Reservation | undefined
    try {
      place = await places.reserve(instancesOf(item), { signal: stop.signal })
      news.result(await exportItem(lane, item, stop.signal))
    } catch (error) {
      if (stop.signal.aborted) news.unfinished(item.id)
      else news.result(failedItem(item.id, [failureOf(error)]))
    } finally {
      place?.release()
    }
  }

  function start(item: LaneItem): void {
    const task = run(item).finally(() => running.delete(task))
    running.add(task)
  }

  async function flush(id: number): Promise<void> {
    try {
      await (await opening).lane.writer.flush?.()
      post({ kind: 'flushed', id, failure: undefined })
    } catch (error) {
      post({ kind: 'flushed', id, failure: failureOf(error) })
    }
  }

  await new Promise<void>((resolve, reject) => {
    // Without this, an unreadable message would wait forever. Its items are retried one by one, and the bad one fails.
    port.on('messageerror', reject)
    port.on('message', (message: ToLane) => {
      if (message.kind === 'open') open(openLane(message.settings, { onFetched: news.fetched, guests, memory }))
      else if (message.kind === 'items') message.items.forEach(start)
      else if (message.kind === 'guests-allowed') guests.allow(message.count)
      else if (message.kind === 'guest-read') guests.settle(message.frame)
      else if (message.kind === 'read-guest') {
        void opening
          .then(({ ownReader }) => readGuestFrame(ownReader(message.guest.itemId), message.guest, stop.signal))
          .then((frame) => post({ kind: 'guest-read', frame }))
          .catch(() => {})
      } else if (message.kind === 'flush') void flush(message.id)
      else if (message.kind === 'abort') stop.abort(new Error('The job has ended'))
      else resolve()
    })
    port.on('close', resolve)
  })
  await Promise.all(running)
  news.flush()
  const opened = await opening
  await opened.close()
  port.close()
}

interface OpenLane {
  readonly lane: Lane
  /** Creates the reader of an item that reads all frames in this thread. */
  readonly ownReader: Lane['readerOf']
  /** Limits the number of instances to write at a time. */
  readonly places: Limiter
  close(): Promise<void>
}

/** Parts that exist before a lane is opened. */
interface LaneParts extends Pick<Lane, 'onFetched'> {
  readonly guests: ReturnType<typeof createGuestReaders>
  readonly memory: FrameMemory
}

async function openLane(settings: LaneSettings, { onFetched, guests, memory }: LaneParts): Promise<OpenLane> {
  const client = createFrameClient(settings.access, { memory })
  const watch = createDecodeWatch(settings.watch)
  const turns = createLimiter(1)
  const [writer, decoder, ...formats] = await Promise.all([
    loadLaneModule<FileWriter>(settings.destination, 'createFileWriter'),
    settings.decoder && loadLaneModule<FrameDecoder>(settings.decoder, 'createFrameDecoder'),
    ...settings.formats.map((format) => loadLaneModule<AnyFormat>(format, 'createFormat')),
  ])
  const onDecoded = (decodeMs: number): void => onFetched({ ...nothingFetched, decodedFrames: 1, decodeMs })
  const ownReader = (itemId: number): FrameReader =>
    createThreadReader({ client, decoder, memory, turns, watch, onDecoded }, itemId)
  return {
    ownReader,
    places: createLimiter(settings.instanceConcurrency),
    lane: {
      options: settings.options,
      formats: formats.filter(isInstanceFormat),
      seriesFormats: formats.filter(isSeriesFormat),
      writer,
      readerOf: (itemId) => guests.around(ownReader(itemId), itemId),
      instanceSource: client,
      memory: createLimiter(settings.memoryByteLength),
      maxFrames: settings.maxFrames,
      onFetched,
    },
    async close() {
      await writer.close()
      await client.close()
    },
  }
}
