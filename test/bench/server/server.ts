/** The emulator in a separate process that follows requests of its parent: node server.ts DATA_FOLDER */
import { generateStudy, startEmulator, type SyntheticImageSetOptions } from '@ahi-dicom/ahi-emulator'
import { gunzipSync } from 'node:zlib'
import { imageSetInstances, parseImageSetMetadata } from '@ahi-dicom/ahi-metadata'
import type { DataSet, Frames, ServerRequest, WorkRequest } from './server-process.ts'

const emulator = await startEmulator({ data: process.argv[2] })
process.on('message', (request: ServerRequest) => void (request.kind === 'close' ? close() : send(request)))
process.once('disconnect', () => process.exit())
process.send?.({ value: emulator.endpoint })

async function send(request: WorkRequest): Promise<void> {
  process.send?.({ value: await answer(request) })
}

async function answer(request: WorkRequest): Promise<unknown> {
  if (request.kind === 'ct') return await importCt(request.slices)
  if (request.kind === 'synthetic') return await addSynthetic(request.options)
  if (request.kind === 'empty') return await addEmpty()
  if (request.kind === 'latency') return setLatency(request.ms)
  return cpuSeconds()
}

async function importCt(slices: number): Promise<DataSet & { readonly frames: Frames }> {
  const { datastoreId } = await emulator.createDatastore()
  const files = Array.from(generateStudy({ ctSlices: slices, ultrasoundFrames: 0, report: false }), ({ data }) => data)
  const { imageSets } = await emulator.importDicom(files, { datastoreId })
  const imageSetId = imageSets[0]?.imageSetId ?? ''
  const imageSetUrl = `${emulator.endpoint}/datastore/${datastoreId}/imageSet/${imageSetId}`
  const frameIds = await listFrames(`${imageSetUrl}/getImageSetMetadata`)
  return { datastoreId, imageSetId, frames: { url: `${imageSetUrl}/getImageFrame`, frameIds } }
}

async function addSynthetic(options: SyntheticImageSetOptions): Promise<DataSet> {
  const { datastoreId } = await emulator.createDatastore()
  const [first] = await emulator.addSyntheticImageSets({ ...options, datastoreId })
  return { datastoreId, imageSetId: first?.imageSetId ?? '' }
}

async function addEmpty(): Promise<string> {
  const { datastoreId } = await emulator.createDatastore()
  return `${emulator.endpoint}/datastore/${datastoreId}`
}

async function listFrames(url: string): Promise<string[]> {
  const response = await fetch(url, { method: 'POST' })
  const body = new Uint8Array(await response.arrayBuffer())
  const metadata = parseImageSetMetadata(body[0] === 0x1f ? gunzipSync(body) : body)
  return [...imageSetInstances(metadata)].flatMap(({ instance }) => instance.ImageFrames.map(({ ID }) => ID))
}

function setLatency(ms: number): void {
  if (ms === 0) emulator.faults.clear()
  else emulator.faults.set({ rules: [{ fault: { kind: 'latency', ms } }] })
}

function cpuSeconds(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1e6
}

async function close(): Promise<void> {
  await emulator.close()
  process.disconnect()
}
