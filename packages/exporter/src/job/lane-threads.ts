import type { MessagePort } from 'node:worker_threads'
import { MessageChannel } from 'node:worker_threads'
import { setImmediate } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { Piscina } from 'piscina'
import type { FromLane, LaneStart, ToLane } from '../lane/lane-messages.ts'

/** The thread of one lane. */
interface LaneThread {
  post(message: ToLane, transfer?: readonly MessagePort[]): void
  /** Resolves when the lane has ended. Rejects if its thread crashed. */
  readonly ended: Promise<void>
  /** Terminates the thread at once. */
  kill(): void
}

/**
 * A pool of threads for lanes. A thread stays for five seconds after its lane has ended, so that the next lane finds
 * its codecs loaded.
 */
export interface LaneThreads {
  /** Runs a lane in a thread. `onMessage` gets its messages. */
  start(onMessage: (message: FromLane) => void): LaneThread
  close(): Promise<void>
}

const idleTimeoutMs = 5000
/** Objects in a lane are short-lived. More memory does not make a lane faster, and V8 would take six times as much. */
const maxYoungGenerationSizeMb = 8

/**
 * Creates the thread pool of an exporter. Threads start as lanes do, and run `module`. Exports that run at the same
 * time use separate threads. Otherwise a lane could wait for a thread until another export has ended.
 */
export function createLaneThreads(module: string): LaneThreads {
  const piscina = new Piscina<LaneStart, void>({
    filename: module.startsWith('file:') ? fileURLToPath(module) : module,
    name: 'serveLane',
    minThreads: 0,
    maxThreads: Number.MAX_SAFE_INTEGER,
    idleTimeout: idleTimeoutMs,
    // A lane waits for messages and sockets. A thread blocked on an atomic would not receive them.
    atomics: 'disabled',
    recordTiming: false,
    resourceLimits: { maxYoungGenerationSizeMb },
  })
  /** Rejects the lanes that have not sent a message yet. */
  const starting = new Set<(cause: unknown) => void>()
  piscina.on('error', (cause: unknown) => {
    // If a thread cannot start, piscina keeps its task in the queue forever.
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

/** Resolves after the messages that a lane sent before it ended have arrived. */
function messagesOnTheirWay(): Promise<void> {
  return setImmediate()
}
