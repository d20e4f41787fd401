import type { Quotas } from '@ahi-dicom/ahi-client/quotas'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import type { Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { LosslessStorageFormat } from '@ahi-dicom/dicomizer'
import { createDecoderPool, type DecoderPool } from '@ahi-dicom/htj2k-decoder'
import type { AuthenticationOptions } from './access/authentication.ts'
import { apiOperations } from './api/operations.ts'
import { dicomWebOperations } from './dicomweb/operations.ts'
import type { DocumentForm } from './document/encode-data-set.ts'
import { UnknownDatastoreError } from './errors.ts'
import { parseFaultRules, type FaultRules } from './faults/fault-rules.ts'
import type { S3Options } from './files/s3-folder.ts'
import { addImageSets, type SyntheticImageSet } from './import/add-synthetic-image-sets.ts'
import { importDicom } from './import/import-dicom.ts'
import type { ImportReport } from './import/import-report.ts'
import type { ImportInput } from './import/import-source.ts'
import { completeModifications } from './modify/complete-modifications.ts'
import type { EmulatorCounters } from './server/counters.ts'
import { createByteBudget } from './operation/byte-budget.ts'
import { createGates, type Gates } from './server/gates.ts'
import { createHttpServer } from './server/http-server.ts'
import type { Datastore } from './store/datastores.ts'
import { openStore, type Store } from './store/store.ts'
import { createWriteQueue, type WriteQueue } from './store/write-queue.ts'
import { syntheticSettings, type SyntheticImageSetOptions } from './synthetic/options.ts'

/** Options of {@link startEmulator}. */
export interface EmulatorOptions {
  /** Data folder. Default: a temporary folder that `close()` removes. */
  readonly data?: string | undefined
  /** TCP port. Default 0: any free port. */
  readonly port?: number | undefined
  /** Address to listen on. Default `127.0.0.1`: only this machine can connect. */
  readonly host?: string | undefined
  /** Name of the data store that is created in a new folder. Default `ahi-emulator`. */
  readonly datastoreName?: string | undefined
  /** Lossless storage format of that data store. Default `HTJ2K`, like the service. */
  readonly losslessStorageFormat?: LosslessStorageFormat | undefined
  /** S3 endpoint that import jobs use for `s3://` folders. Default: none; jobs accept only `file://` folders. */
  readonly s3?: S3Options | undefined
  /** Region in ARNs and request signatures. Default `us-east-1`. */
  readonly region?: string | undefined
  /** Keys and tokens that requests are verified with. Default: none; every request is accepted without verification. */
  readonly authentication?: AuthenticationOptions | undefined
  /** Request rates per operation, or `true` for the rates that the service documents. Default: no limits. */
  readonly quotas?: boolean | Quotas | undefined
  /** Clock for timestamps, storage tiers and signatures, in milliseconds since 1970. Default `Date.now`. */
  readonly now?: (() => number) | undefined
  /** Faults to inject from the start. `emulator.faults` changes them later. */
  readonly faults?: FaultRules | undefined
  /** Called with every request before it is answered, including requests that a fault or a quota rejects. */
  readonly onRequest?: ((request: EmulatorRequest) => void) | undefined
}

/** A request as the emulator received it. */
export interface EmulatorRequest {
  /** Operation name from the API, such as `GetImageFrame`. */
  readonly operation: string
  readonly method: string
  /** Percent-encoded, without the query string. */
  readonly path: string
  /** Query string without the question mark. */
  readonly query: string
  /** Empty if the emulator stores the body in a file, as StoreDICOM does. */
  readonly body: Uint8Array
}

/** Options of {@link Emulator.createDatastore}. */
export interface CreateDatastoreOptions {
  /** Default: the name of the default data store. */
  readonly name?: string | undefined
  /** Storage format of lossless frames. Default `HTJ2K`, like the service. */
  readonly losslessStorageFormat?: LosslessStorageFormat | undefined
}

/** Options of {@link Emulator.importDicom}. */
export interface ImportOptions {
  /** Default: the emulator's default data store. */
  readonly datastoreId?: string | undefined
  /** Form of the metadata documents: `2025` (default) is the service's current form, `2023` its form of that year. */
  readonly documentForm?: DocumentForm | undefined
}

/** A running emulator of AWS HealthImaging. */
export interface Emulator extends AsyncDisposable {
  /** Base URL, such as `http://127.0.0.1:49152`. */
  readonly endpoint: string
  /** The default data store: the oldest active one in the folder. If the folder has none, one is created. */
  readonly datastoreId: string
  /**
   * Imports files, folders, or the bytes of Part 10 files. Imports run one after the other.
   * @throws {NothingToImportError} if a path does not exist, or no file is DICOM
   * @throws {UnknownDatastoreError} if the data store does not exist
   */
  importDicom(input: ImportInput, options?: ImportOptions): Promise<ImportReport>
  /**
   * Adds image sets whose metadata and frames are generated when they are read. Use them for load tests, and for
   * objects larger than memory and disk. They have the same form as imported ones, checksums included, and are
   * identical at every read. Only their recipe is stored. A video takes a few seconds per few gigabytes, because its
   * checksum is computed.
   * @throws {UnknownDatastoreError} if the data store does not exist
   */
  addSyntheticImageSets(options?: SyntheticImageSetOptions): Promise<SyntheticImageSet[]>
  /** Creates a data store. */
  createDatastore(options?: CreateDatastoreOptions): Promise<{ readonly datastoreId: string }>
  /** Faults that are injected into requests. */
  readonly faults: EmulatorFaults
  /** Returns the counts since the start, or since `resetCounters`. */
  counters(): EmulatorCounters
  resetCounters(): void
  /** Stops the server, ends its connections, waits for a running import, and closes the folder. */
  close(): Promise<void>
}

/** Rules for the faults that are injected into requests. */
export interface EmulatorFaults {
  /** Replaces the rules and restarts their counts. */
  set(rules: FaultRules): void
  clear(): void
}

const defaultName = 'ahi-emulator'
const defaultFormat: LosslessStorageFormat = 'HTJ2K'

/**
 * Threads that decode frames for DICOMweb answers. They end when idle. More would need more memory than a small server
 * has.
 */
const decoderThreads = 2
/** Most bytes of large decoded frames, or strips of them, that all requests hold together. */
const mostLargeFrameBytes = 16 * 1024 * 1024

/** Account in ARNs: the one that AWS's documentation uses in its examples. */
const accountId = '123456789012'
const defaultRegion = 'us-east-1'

/**
 * Starts an emulator of AWS HealthImaging.
 *
 * ```ts
 * await using ahi = await startEmulator()
 * await ahi.importDicom('./studies')
 * console.log(ahi.endpoint, ahi.datastoreId)
 * ```
 * @throws {DataFolderError} if the folder cannot be used, or another process has it open
 * @example
 * import { startEmulator } from '@ahi-dicom/ahi-emulator'
 *
 * await using ahi = await startEmulator()
 * await ahi.importDicom('CT0001.dcm')
 * console.log(ahi.endpoint, ahi.datastoreId) // http://127.0.0.1:…
 */
export async function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  const { data, port = 0, host = '127.0.0.1', datastoreName = defaultName } = options
  const { losslessStorageFormat = defaultFormat, region = defaultRegion, s3, now = Date.now } = options
  const folder = data ?? (await mkdtemp(join(tmpdir(), 'ahi-emulator-')))
  const store = await openStore(folder)
  try {
    const datastoreId = defaultDatastore(store, { name: datastoreName, losslessStorageFormat, now: now() })
    const decoder = createDecoderPool({ threads: decoderThreads })
    const gates = createGates({ ...options, region, now })
    const writes = createWriteQueue()
    store.importJobs.failUnfinished({
      endedAt: now(),
      message: 'The emulator was stopped before the job had ended',
    })
    await store.turns.run(() => completeModifications({ store, now }))
    const memory = createByteBudget(mostLargeFrameBytes)
    const context = { store, decoder, memory, writes, s3, accountId, region, now }
    const server = createHttpServer([...apiOperations, ...dicomWebOperations], { context, gates })
    await listen(server, { port, host })
    return createEmulator({
      store,
      server,
      gates,
      writes,
      decoder,
      now,
      datastoreId,
      host,
      datastoreName,
      temporaryFolder: data === undefined ? folder : undefined,
    })
  } catch (error) {
    await store.close()
    throw error
  }
}

function createEmulator(parts: {
  readonly store: Store
  readonly server: Server
  readonly gates: Gates
  readonly writes: WriteQueue
  readonly decoder: DecoderPool
  readonly now: () => number
  readonly datastoreId: string
  readonly host: string
  readonly datastoreName: string
  readonly temporaryFolder: string | undefined
}): Emulator {
  const { store, server, gates, writes, now, datastoreId, datastoreName } = parts
  let closing: Promise<void> | undefined

  async function stop(): Promise<void> {
    const closed = once(server, 'close')
    server.close()
    server.closeAllConnections()
    await closed
    await writes.close()
    await parts.decoder.close()
    await store.close()
    if (parts.temporaryFolder !== undefined) await rm(parts.temporaryFolder, { recursive: true, force: true })
  }

  const close = (): Promise<void> => (closing ??= stop())
  return {
    endpoint: endpointOf(server, parts.host),
    datastoreId,
    async importDicom(input, options = {}) {
      const datastore = existingDatastore(store, options.datastoreId ?? datastoreId)
      const { losslessStorageFormat } = datastore
      const form = options.documentForm ?? '2025'
      const target = { store, now, datastoreId: datastore.id, form, losslessStorageFormat }
      return writes.run(() => importDicom(input, target))
    },
    async addSyntheticImageSets(options = {}) {
      const datastore = existingDatastore(store, options.datastoreId ?? datastoreId)
      const settings = syntheticSettings(options)
      return writes.run(() => addImageSets(settings, { store, datastore, now }))
    },
    createDatastore({ name = datastoreName, losslessStorageFormat = defaultFormat } = {}) {
      const { id } = store.datastores.create({ name, losslessStorageFormat, now: now() })
      return Promise.resolve({ datastoreId: id })
    },
    faults: {
      set: (rules) => gates.faults.set(parseFaultRules(rules)),
      clear: () => gates.faults.set({ rules: [] }),
    },
    counters: () => gates.counters.read(),
    resetCounters: () => gates.counters.reset(),
    close,
    [Symbol.asyncDispose]: close,
  }
}

function defaultDatastore(
  store: Store,
  settings: { readonly name: string; readonly losslessStorageFormat: LosslessStorageFormat; readonly now: number },
): string {
  const [oldest] = store.datastores.list({ status: 'ACTIVE', limit: 1 })
  return (oldest ?? store.datastores.create(settings)).id
}

function existingDatastore(store: Store, datastoreId: string): Datastore {
  const datastore = store.datastores.get(datastoreId)
  if (datastore?.status !== 'ACTIVE') throw new UnknownDatastoreError(datastoreId)
  return datastore
}

async function listen(server: Server, address: { readonly port: number; readonly host: string }): Promise<void> {
  server.listen(address)
  await once(server, 'listening')
}

function endpointOf(server: Server, host: string): string {
  const address = server.address()
  if (address === null || typeof address === 'string')
    throw new TypeError('Cannot read the port: the server does not listen on TCP')
  return `http://${host.includes(':') ? `[${host}]` : host}:${address.port}`
}
