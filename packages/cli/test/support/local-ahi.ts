import { generateStudy, startEmulator, type Emulator } from '@ahi-dicom/ahi-emulator'
import { createAhiClient, type ImageSetSummary } from '@ahi-dicom/ahi-client'
import { runCli, type CliOptions, type CliResult } from './run-cli.ts'

/** An emulator with the demo study, and the environment that points the command to it. */
export interface LocalAhi extends AsyncDisposable {
  readonly emulator: Emulator
  readonly imageSets: readonly ImageSetSummary[]
  readonly studyInstanceUid: string
  /** Files of the study. */
  readonly imported: number
  /** Environment that points the command to the emulator. */
  readonly env: Readonly<Record<string, string>>
  run(args: readonly string[], options?: CliOptions): Promise<CliResult>
}

/** Starts an emulator with the demo study. */
export async function startLocalAhi(): Promise<LocalAhi> {
  const emulator = await startEmulator()
  const { imported } = await emulator.importDicom(Array.from(generateStudy(), ({ data }) => data))
  const imageSets = await listImageSets(emulator)
  const env = { AWS_ENDPOINT_URL_MEDICAL_IMAGING: emulator.endpoint, AHI_DATASTORE_ID: emulator.datastoreId }
  return {
    emulator,
    imageSets,
    studyInstanceUid: imageSets[0]?.studyInstanceUid ?? '',
    imported,
    env,
    run: (args, options = {}) => runCli([...args, '--no-progress'], { ...options, env: { ...env, ...options.env } }),
    [Symbol.asyncDispose]: () => emulator.close(),
  }
}

async function listImageSets({ endpoint, datastoreId }: Emulator): Promise<ImageSetSummary[]> {
  const credentials = { accessKeyId: 'emulator', secretAccessKey: 'emulator' }
  await using client = createAhiClient({ endpoint, region: 'us-east-1', credentials })
  const found: ImageSetSummary[] = []
  for await (const summary of client.searchImageSets({ datastoreId })) found.push(summary)
  return found
}
