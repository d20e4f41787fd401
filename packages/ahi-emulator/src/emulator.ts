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
  /** Folder of the data. Default: a temporary one, removed by `close()`. */
  readonly data?: string | undefined
  /** Default 0: any free port. */
  readonly port?: number | undefined
  /** Default `127.0.0.1`: nobody else can connect. */
  readonly host?: string | undefined
  /** Name of the data store that a new folder gets. Default `ahi-emulator`. */
  readonly datastoreName?: string | undefined
  /** Lossless format of that data store. Default `HTJ2K`, as the service's. */
  readonly losslessStorageFormat?: LosslessStorageFormat | undefined
  /** The S3 where import jobs find `s3://` folders. Default: none, jobs take `file://` folders alone. */
  readonly s3?: S3Options | undefined
  /** Region of ARNs and signatures. Default `us-east-1`. */
  readonly region?: string | undefined
  /** Who may send requests. Default: everybody, however they sign. */
  readonly authentication?: AuthenticationOptions | undefined
  /** Requests a second by operation: `true` for those that the service documents. Default: no limits. */
  readonly quotas?: boolean | Quotas | undefined
  /** The clock: milliseconds since 1970. Default `Date.now`. Storage tiers, times and signatures go by it. */
  readonly now?: (() => number) | undefined
  /** What goes wrong from the start; `emulator.faults` changes it. */
  readonly faults?: FaultRules | undefined
  /** Called with every request before it is answered, those that fail by a fault or a quota too. */
  readonly onRequest?: ((request: EmulatorRequest) => void) | undefined
}

/** A request to the emulator, as it came in. */
export interface EmulatorRequest {
  /** Of the API, such as `GetImageFrame`. */
  readonly operation: string
  readonly method: string
  /** Percent-encoded, without its query. */
  readonly path: string
  /** Without the question mark. */
  readonly query: string
  /** Empty if the emulator takes it as a file. */
  readonly body: Uint8Array
}

/** Options of {@link Emulator.createDatastore}. */
export interface CreateDatastoreOptions {
  /** Default: that of the default data store. */
  readonly name?: string | undefined
  /** What lossless frames are stored as. Default `HTJ2K`, as the service's. */
  readonly losslessStorageFormat?: LosslessStorageFormat | undefined
}

/** Options of {@link Emulator.importDicom}. */
export interface ImportOptions {
  /** Default: the emulator's default data store. */
  readonly datastoreId?: string | undefined
  /** Which metadata documents to write: like the service's of now (`2025`, the default), or like those of 2023. */
  readonly documentForm?: DocumentForm | undefined
}

/** A running AWS HealthImaging over a folder. */
export interface Emulator extends AsyncDisposable {
  /** Such as `http://127.0.0.1:49152`. */
  readonly endpoint: string
  /** The default data store: the first of the folder, made where there was none. */
  readonly datastoreId: string
  /**
   * Imports files, folders, or Part 10 files as bytes. Imports run one after the other.
   * @throws {NothingToImportError} where a path leads nowhere, or no file is DICOM
   * @throws {UnknownDatastoreError} where the data store does not exist
   */
  importDicom(input: ImportInput, options?: ImportOptions): Promise<ImportReport>
  /**
   * Adds image sets of any size that are made up while they are asked for: for load, and for objects larger than memory
   * and disk. Metadata, checksums and frames are as those of imported ones, the same whenever they are read; what is
   * stored is how to make them. A video takes seconds a few gigabytes, for its checksum.
   * @throws {UnknownDatastoreError} where the data store does not exist
   */
  addSyntheticImageSets(options?: SyntheticImageSetOptions): Promise<SyntheticImageSet[]>
  /** Makes a data store. */
  createDatastore(options?: CreateDatastoreOptions): Promise<{ readonly datastoreId: string }>
  /** What goes wrong with requests. */
  readonly faults: EmulatorFaults
  /** What was done since the start, or since `resetCounters`. */
  counters(): EmulatorCounters
  resetCounters(): void
  /** Stops serving, ends connections, waits for a running import, closes the folder. */
  close(): Promise<void>
}

/** Rules of what goes wrong with requests. */
export interface EmulatorFaults {
  /** Replaces the rules; they begin to count anew. */
  set(rules: FaultRules): void
  clear(): void
}

const defaultName = 'ahi-emulator'
const defaultFormat: LosslessStorageFormat = 'HTJ2K'

/** For GetDICOMInstance alone; they end when nobody asks for it. More would take the memory that a small server has. */
const decoderThreads = 2
/** Of decoded frames, or strips of them, that are large: of all requests together. */
const mostLargeFrameBytes = 16 * 1024 * 1024

/** What ARNs say: documentation's account, and the region of the examples. */
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
 * @throws {DataFolderError} where the folder cannot be used, or another process has it
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
    throw new TypeError('Cannot tell the port: the server is no TCP server')
  return `http://${host.includes(':') ? `[${host}]` : host}:${address.port}`
}
