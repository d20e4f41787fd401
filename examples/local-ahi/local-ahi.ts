import { createAhiClient, type AhiClientOptions } from '@ahi-dicom/ahi-client'
import { generateStudy, startEmulator } from '@ahi-dicom/ahi-emulator'

/** Where an example reads. */
export interface Ahi {
  /** For `createExporter` and `createAhiClient`. Empty for AWS: the environment provides region and credentials. */
  readonly connection: Pick<AhiClientOptions, 'endpoint' | 'region' | 'credentials'>
  readonly datastoreId: string
  readonly studyInstanceUid: string
  /** Whether this is a local AHI, which is made anew at every start. */
  readonly isLocal: boolean
  close(): Promise<void>
}

/** Makes Part 10 files for a local AHI. */
export type MakeFiles = () => Promise<Uint8Array[]> | Uint8Array[]

/** Opens the data store that `AHI_DATASTORE_ID` names, or else a local AHI with files, by default a small generated study. */
export async function openAhi(makeFiles: MakeFiles = generateFiles): Promise<Ahi> {
  const { AHI_DATASTORE_ID: datastoreId = '', AHI_STUDY_INSTANCE_UID: studyInstanceUid = '' } = process.env
  const ahi = datastoreId === '' ? await startLocalAhi(makeFiles) : remoteAhi(datastoreId)
  return { ...ahi, studyInstanceUid: studyInstanceUid === '' ? await firstStudy(ahi) : studyInstanceUid }
}

function remoteAhi(datastoreId: string): Omit<Ahi, 'studyInstanceUid'> {
  return { connection: {}, datastoreId, isLocal: false, close: () => Promise.resolve() }
}

function generateFiles(): Uint8Array[] {
  return Array.from(generateStudy({ ctSlices: 6, ultrasoundFrames: 3 }), ({ data }) => data)
}

async function startLocalAhi(makeFiles: MakeFiles): Promise<Omit<Ahi, 'studyInstanceUid'>> {
  const emulator = await startEmulator()
  await emulator.importDicom(await makeFiles())
  const { endpoint, datastoreId } = emulator
  console.log(`AHI_DATASTORE_ID is not set: reading a generated study from a local AHI at ${endpoint}`)
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' }
  return {
    connection: { endpoint, region: 'us-east-1', credentials },
    datastoreId,
    isLocal: true,
    close: () => emulator.close(),
  }
}

async function firstStudy({ connection, datastoreId }: Omit<Ahi, 'studyInstanceUid'>): Promise<string> {
  const client = createAhiClient(connection)
  try {
    for await (const { studyInstanceUid } of client.searchImageSets({ datastoreId })) {
      if (studyInstanceUid !== undefined) return studyInstanceUid
    }
    throw new Error(`Cannot choose a study of data store ${datastoreId}: it has none; import one first`)
  } finally {
    await client.close()
  }
}
