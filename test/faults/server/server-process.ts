import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type {
  AccessKey,
  EmulatorCounters,
  EmulatorOptions,
  FaultRules,
  SyntheticImageSetOptions,
} from '@ahi-dicom/ahi-emulator'
import type { LoggedRequest } from './request-log.ts'

/** How the emulator is started. */
export interface ServerOptions {
  /** Whether it throttles beyond the documented quotas, or beyond which. */
  readonly quotas?: NonNullable<EmulatorOptions['quotas']>
  /** Keys that requests have to be signed with; `expiration` in milliseconds since 1970. */
  readonly keys?: readonly (Omit<AccessKey, 'expiration'> & { readonly expiration: number })[]
}

/** Requests to the server's process. It answers each with a value. */
export type ServerRequest =
  | { readonly kind: 'import'; readonly paths: readonly string[] }
  | { readonly kind: 'study'; readonly ctSlices: number }
  | { readonly kind: 'synthetic'; readonly options: SyntheticImageSetOptions }
  | { readonly kind: 'faults'; readonly rules: FaultRules }
  | { readonly kind: 'clock'; readonly aheadMs: number }
  | { readonly kind: 'counters' }
  | { readonly kind: 'requests' }

/** An emulator in a separate process. */
export interface ServerProcess extends AsyncDisposable {
  readonly endpoint: string
  readonly datastoreId: string
  /** Environment that leads the command to it. */
  readonly env: Readonly<Record<string, string>>
  /** Imports files and folders. Returns how many instances there are. */
  importPaths(paths: readonly string[]): Promise<number>
  /** Imports a generated study of one CT series. Returns how many instances there are. */
  importStudy(ctSlices: number): Promise<number>
  addSynthetic(options: SyntheticImageSetOptions): Promise<void>
  setFaults(rules: FaultRules): Promise<void>
  /** Puts the clock of the service ahead of the true time, or behind it. */
  setClock(aheadMs: number): Promise<void>
  counters(): Promise<EmulatorCounters>
  /** Returns the requests since it was last asked. */
  takeRequests(): Promise<readonly LoggedRequest[]>
}

/** Starts an emulator with its own folder. */
export async function startServer(options: ServerOptions = {}): Promise<ServerProcess> {
  const child = fork(fileURLToPath(new URL('server.ts', import.meta.url)), [JSON.stringify(options)])
  const gone = once(child, 'exit').then(([exitCode]): never => {
    throw new Error(`The emulator ended with ${exitCode}`)
  })
  gone.catch(() => undefined)
  const [{ value }] = await Promise.race([once(child, 'message'), gone])
  const { endpoint, datastoreId } = value
  let last: Promise<unknown> = Promise.resolve()
  /** Answers carry no name, so a request waits for the answer to the one before. */
  function ask<Answer>(request: ServerRequest): Promise<Answer> {
    const answer = last.then(async (): Promise<Answer> => {
      child.send(request)
      const [message] = await Promise.race([once(child, 'message'), gone])
      return message.value
    })
    last = answer
    return answer
  }
  return {
    endpoint,
    datastoreId,
    env: { AWS_ENDPOINT_URL_MEDICAL_IMAGING: endpoint, AHI_DATASTORE_ID: datastoreId },
    importPaths: (paths) => ask({ kind: 'import', paths }),
    importStudy: (ctSlices) => ask({ kind: 'study', ctSlices }),
    addSynthetic: (synthetic) => ask({ kind: 'synthetic', options: synthetic }),
    setFaults: (rules) => ask({ kind: 'faults', rules }),
    setClock: (aheadMs) => ask({ kind: 'clock', aheadMs }),
    counters: () => ask({ kind: 'counters' }),
    takeRequests: () => ask({ kind: 'requests' }),
    async [Symbol.asyncDispose]() {
      child.disconnect()
      await gone.catch(() => undefined)
    },
  }
}
