import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

/** Where the frames of the CT are, for the bare programs. */
export interface Frames {
  readonly url: string
  readonly frameIds: readonly string[]
}

/** The emulator in its own process. */
export interface ServerProcess {
  readonly endpoint: string
  readonly datastoreId: string
  readonly frames: Frames
  /** CPU seconds that it has taken so far. */
  cpuSeconds(): Promise<number>
  close(): Promise<void>
}

/** Starts an emulator that holds one generated CT series. */
export async function startServer(slices: number): Promise<ServerProcess> {
  const child = fork(fileURLToPath(new URL('server.ts', import.meta.url)), [String(slices)])
  const [ready] = await once(child, 'message')
  return {
    ...ready,
    async cpuSeconds() {
      const answer = once(child, 'message')
      child.send('cpu')
      const [seconds] = await answer
      return seconds
    },
    async close() {
      child.send('close')
      await once(child, 'exit')
    },
  }
}
