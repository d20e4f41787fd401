import { fileURLToPath } from 'node:url'
import type { Piscina } from 'piscina'
import type { DecodeOutcome, DecodeTask } from '../worker.ts'
import type { PoolSettings } from './settings.ts'

/** Threads that run `worker.ts`. The first task loads piscina and starts threads. */
export interface Threads {
  /** Decodes in one of the threads. The signal removes the task and ends a thread that works on it. */
  run(
    task: DecodeTask,
    options: { readonly transferList: ArrayBuffer[]; readonly signal: AbortSignal },
  ): Promise<DecodeOutcome>
  /** Starts all threads. */
  prepare(): void
  close(): Promise<void>
}

type LoadedThreads = Piscina<DecodeTask | undefined, DecodeOutcome>

function ignore(): void {}

/** Creates the threads. `onUnable` is called if none can start, because their tasks would wait forever. */
export function createThreads(settings: PoolSettings, onUnable: (cause: unknown) => void): Threads {
  let loading: Promise<LoadedThreads> | undefined

  function load(): Promise<LoadedThreads> {
    loading ??= loadThreads(settings, onUnable)
    return loading
  }

  async function prepare(): Promise<void> {
    const piscina = await load()
    for (let thread = 0; thread < settings.threads; thread += 1)
      piscina.run(undefined, { name: 'prepare' }).catch(ignore)
  }

  return {
    run: async (task, options) => (await load()).run(task, options),
    // If threads cannot start, the tasks fail that need them.
    prepare: () => void prepare().catch(ignore),
    close: async () => loading?.then((piscina) => piscina.destroy(), ignore),
  }
}

async function loadThreads(settings: PoolSettings, onUnable: (cause: unknown) => void): Promise<LoadedThreads> {
  const { threads, idleTimeoutMs, workerUrl } = settings
  const { Piscina } = await import('piscina')
  const piscina: LoadedThreads = new Piscina({
    filename: workerUrl.startsWith('file:') ? fileURLToPath(workerUrl) : workerUrl,
    name: 'decode',
    minThreads: 0,
    maxThreads: threads,
    idleTimeout: idleTimeoutMs,
    recordTiming: false,
  })
  piscina.on('error', (cause: unknown) => {
    if (piscina.threads.length === 0) onUnable(cause)
  })
  return piscina
}
