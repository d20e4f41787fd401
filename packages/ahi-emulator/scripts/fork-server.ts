import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

/** Time and memory that a process used. */
export interface Usage {
  readonly wallSeconds: number
  readonly cpuSeconds: number
  /** Peak resident memory, in 10^6 bytes. */
  readonly peakMegabytes: number
}

/** An emulator in a separate process. */
export interface ServerProcess extends AsyncDisposable {
  readonly endpoint: string
  readonly datastoreId: string
  /** Duration of `startEmulator`. */
  readonly startSeconds: number
  /** Imports a folder. Returns the time and memory that it took. */
  importFrom(folder: string): Promise<Usage>
  /** Adds this many synthetic image sets. Returns the time and memory that it took. */
  addSynthetic(imageSets: number): Promise<Usage>
  /** Returns the CPU time since the process started, and its peak memory. */
  usage(): Promise<Usage>
}

/** Starts an emulator with a data folder. */
export async function forkServer(data: string): Promise<ServerProcess> {
  const child = fork(fileURLToPath(new URL('server-process.ts', import.meta.url)), [data])
  const exit = once(child, 'exit')
  const [ready] = await once(child, 'message')
  const ask = async (request: object): Promise<Usage> => {
    const answer = once(child, 'message')
    child.send(request)
    const [usage] = await answer
    return usage
  }
  return {
    ...ready,
    importFrom: (folder) => ask({ importFrom: folder }),
    addSynthetic: (imageSets) => ask({ synthetic: imageSets }),
    usage: () => ask({}),
    async [Symbol.asyncDispose]() {
      child.send('close')
      await exit
    },
  }
}
