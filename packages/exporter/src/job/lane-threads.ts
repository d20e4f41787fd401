import type { MessagePort } from 'node:worker_threads'
import { MessageChannel } from 'node:worker_threads'
import { setImmediate } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { Piscina } from 'piscina'
import type { FromLane, LaneStart, ToLane } from '../lane/lane-messages.ts'

/** The thread of one lane. */
interface LaneThread {
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

/**
 * Makes the threads of an exporter, which start as lanes do. `module` is what they run. Exports at a time have threads of
 * their own: a lane that waited for the thread of another export would wait for all of that export.
 */
export function createLaneThreads(module: string): LaneThreads {
  const piscina = new Piscina<LaneStart, void>({
    filename: module.startsWith('file:') ? fileURLToPath(module) : module,
    name: 'serveLane',
    minThreads: 0,
    maxThreads: Number.MAX_SAFE_INTEGER,
    idleTimeout: idleTimeoutMs,
    // A lane waits for its port and for sockets, which a thread that blocks would not hear.
    atomics: 'disabled',
    recordTiming: false,
    resourceLimits: { maxYoungGenerationSizeMb },
  })
  /** Of lanes that have not told anything. */
  const starting = new Set<(cause: unknown) => void>()
  piscina.on('error', (cause: unknown) => {
    // A thread that cannot start leaves its task in piscina's queue for ever.
    for (const fail of starting) fail(cause)
  })

  return {
    start(onMessage) {
      const { port1, port2 } = new MessageChannel()
      const kill = new AbortController()
      const { promise: failed, reject: fail } = Promise.withResolvers<never>()
      starting.add(fail)
      port1.on('message', (message: FromLane) => {
        starting.delete(fail)
        onMessage(message)
      })
      const run = piscina.run({ port: port2 }, { transferList: [port2], signal: kill.signal })
      const ended = Promise.race([run, failed]).finally(async () => {
        starting.delete(fail)
        await messagesOnTheirWay()
        port1.close()
      })
      return { post: (message, transfer = []) => port1.postMessage(message, transfer), ended, kill: () => kill.abort() }
    },
    close: () => piscina.destroy(),
  }
}

/** What a lane has told before it ended arrives before this resolves. */
function messagesOnTheirWay(): Promise<void> {
  return setImmediate()
}
