import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

/** What a process has taken. */
export interface Usage {
  readonly wallSeconds: number
  readonly cpuSeconds: number
  /** The most memory that it has had. */
  readonly peakMegabytes: number
}

/** An emulator in a process of its own. */
export interface ServerProcess extends AsyncDisposable {
  readonly endpoint: string
  readonly datastoreId: string
  /** What `startEmulator` took. */
  readonly startSeconds: number
  /** What the import took. */
  importFrom(folder: string): Promise<Usage>
  /** What adding so many image sets took. */
  addSynthetic(imageSets: number): Promise<Usage>
  /** What the process has taken since its start. */
  usage(): Promise<Usage>
}

/** Starts an emulator over a folder. */
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
