import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { SyntheticImageSetOptions } from '@ahi-dicom/ahi-emulator'

/** Where frames are, for the bare programs. */
export interface Frames {
  readonly url: string
  readonly frameIds: readonly string[]
}

/** A data store with something to export. */
export interface DataSet {
  readonly datastoreId: string
  /** The first image set, which is the only one of most. */
  readonly imageSetId: string
}

/** A request to the server's process. It answers each with a value. */
export type WorkRequest =
  | { readonly kind: 'ct'; readonly slices: number }
  | { readonly kind: 'synthetic'; readonly options: SyntheticImageSetOptions }
  | { readonly kind: 'empty' }
  | { readonly kind: 'latency'; readonly ms: number }
  | { readonly kind: 'cpu' }

/** Requests to the server's process. */
export type ServerRequest = WorkRequest | { readonly kind: 'close' }

/** The emulator in its own process. */
export interface ServerProcess {
  readonly endpoint: string
  /** Adds a data store with one generated CT series of 512 x 512 x 16 bit. */
  addCt(slices: number): Promise<DataSet & { readonly frames: Frames }>
  /** Adds a data store with synthetic image sets. */
  addSynthetic(options: SyntheticImageSetOptions): Promise<DataSet>
  /** Adds an empty data store, and returns the URL of its DICOMweb service. */
  addEmpty(): Promise<string>
  /** Delays every answer by this many milliseconds. 0 ends that. */
  setLatency(ms: number): Promise<void>
  /** Returns the CPU seconds that the process has taken so far. */
  cpuSeconds(): Promise<number>
  close(): Promise<void>
}

/** Starts an emulator over a folder. */
export async function startServer(data: string): Promise<ServerProcess> {
  const child = fork(fileURLToPath(new URL('server.ts', import.meta.url)), [data])
  const [{ value: endpoint }] = await once(child, 'message')
  let last: Promise<unknown> = Promise.resolve()
  /** Answers carry no name, so a request waits for the answer to the one before. */
  function ask<Answer>(request: WorkRequest): Promise<Answer> {
    const answer = last.then(async (): Promise<Answer> => {
      child.send(request)
      const [{ value }] = await once(child, 'message')
      return value
    })
    last = answer
    return answer
  }
  return {
    endpoint,
    addCt: (slices) => ask({ kind: 'ct', slices }),
    addSynthetic: (options) => ask({ kind: 'synthetic', options }),
    addEmpty: () => ask({ kind: 'empty' }),
    setLatency: (ms) => ask({ kind: 'latency', ms }),
    cpuSeconds: () => ask({ kind: 'cpu' }),
    async close() {
      child.send({ kind: 'close' } satisfies ServerRequest)
      await once(child, 'exit')
    },
  }
}
