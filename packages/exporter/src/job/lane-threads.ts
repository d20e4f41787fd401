import type { MessagePort } from 'node:worker_threads'
import { MessageChannel } from 'node:worker_threads'
import { fileURLToPath } from 'node:url'
import { Piscina } from 'piscina'
import type { FromLane, LaneStart, ToLane } from '../lane/lane-messages.ts'

/** The thread of one lane. */
export interface LaneThread {
  post(message: ToLane, transfer?: readonly MessagePort[]): void
  /** Settles when the lane has ended; rejects if its thread died. */
  readonly ended: Promise<void>
  /** Ends the thread at once. */
  kill(): void
}

/** Threads in which lanes run. They stay for a while after a lane has ended, so that the next one finds warm codecs. */
export interface LaneThreads {
  /** Runs a lane in a thread; `onMessage` gets what it tells. */
  start(onMessage: (message: FromLane) => void): LaneThread
  close(): Promise<void>
}

const idleTimeoutMs = 5000
/** What a lane makes does not live long. More memory than this makes it no faster, and V8 would take six times as much. */
const maxYoungGenerationSizeMb = 8

/** Makes the threads of an exporter, which start as lanes do. `module` is what they run. */
export function createLaneThreads(mostLanes: number, module: string): LaneThreads {
  const piscina = new Piscina<LaneStart, void>({
    filename: module.startsWith('file:') ? fileURLToPath(module) : module,
    name: 'serveLane',
    minThreads: 0,
    maxThreads: mostLanes,
    idleTimeout: idleTimeoutMs,
    // A lane waits for its port and for sockets, which a thread that blocks would not hear.
    atomics: 'disabled',
    recordTiming: false,
    resourceLimits: { maxYoungGenerationSizeMb },
  })
  const starting = new Set<(cause: unknown) => void>()
  piscina.on('error', (cause: unknown) => {
    // A thread that cannot start leaves its task in piscina's queue for ever.
    for (const fail of starting) fail(cause)
  })

  function run(start: LaneStart, signal: AbortSignal): Promise<void> {
    const failed = Promise.withResolvers<never>()
    starting.add(failed.reject)
    const ended = piscina.run(start, { transferList: [start.port], signal })
    return Promise.race([ended, failed.promise]).finally(() => starting.delete(failed.reject))
  }

  return {
    start(onMessage) {
      const { port1, port2 } = new MessageChannel()
      const kill = new AbortController()
      port1.on('message', onMessage)
      const ended = run({ port: port2 }, kill.signal).finally(() => closeSoon(port1))
      return { post: (message, transfer = []) => port1.postMessage(message, transfer), ended, kill: () => kill.abort() }
    },
    close: () => piscina.destroy(),
  }
}

/** Messages that are on their way arrive first. */
function closeSoon(port: MessagePort): void {
  setImmediate(() => port.close())
}
