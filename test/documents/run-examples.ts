/**
 * Runs examples of documents against an emulator, one after the other. The arguments are two JSON files: a list of
 * {@link ExampleToRun}, and the results, a list of {@link ExampleFailure}.
 */
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { format } from 'node:util'
import { gzipSync } from 'node:zlib'
import { createAhiClient } from '@ahi-dicom/ahi-client'
import { generateStudy, startEmulator } from '@ahi-dicom/ahi-emulator'
import { imageSetInstances, serializeImageSetMetadata } from '@ahi-dicom/ahi-metadata'
import { plainText, readPart10 } from '@ahi-dicom/dicom-standard/reader'
import { createFormats } from '@ahi-dicom/export-files'
import { createExporter } from '@ahi-dicom/exporter'
import { folderDestination } from '@ahi-dicom/exporter-fs'
import { answer, startScripted, type Script } from '../../packages/exporter-dicomweb/test/support/scripted-server.ts'
import { startPeer } from '../../packages/exporter-dimse/test/doubles/scripted-peer.ts'
import { startFakeS3 } from '../../packages/exporter-s3/test/fake-s3.ts'

/** An example to run. */
export interface ExampleToRun {
  /** Path of its module. */
  readonly module: string
  /** Names of what `process.argv` holds. */
  readonly parameters: readonly string[]
}

/** An example that threw an error or printed something else than its comment says. */
export interface ExampleFailure {
  readonly module: string
  readonly message: string
}

const [examplesPath = '', resultPath = ''] = process.argv.slice(2)
const examples: readonly ExampleToRun[] = JSON.parse(readFileSync(examplesPath, 'utf8'))
const folder = mkdtempSync(join(tmpdir(), 'ahi-dicom-documents-'))
process.chdir(folder)
/** A DICOMweb server that takes every instance. */
const storeAll: Script = ({ instances }, response) =>
  answer(
    response,
    200,
    instances.map((bytes) => ({ uid: plainText(readPart10(bytes).fileMeta.get(0x00020003)) })),
  )
const names = await giveNames()
const failures: ExampleFailure[] = []
/** Compares the output of `console.log` with the comment behind the call. `…` stands for anything. */
const prints = (comment: string, ...values: readonly unknown[]): void => {
  const printed = format(...values)
  if (!isLike(printed, comment)) throw new Error(`prints ${printed}, not ${comment}`)
}
for (const { module, parameters } of examples) {
  const destination = folderDestination({ directory: mkdtempSync(join(folder, 'destination-')) })
  // A pool takes the bytes that it is given.
  Object.assign(globalThis, names, { destination, prints, codeStream: names.codeStream.slice() })
  const values = new Map<string, unknown>(Object.entries(names))
  process.argv = [process.execPath, module, ...parameters.map((name) => String(values.get(name)))]
  try {
    await import(pathToFileURL(module).href)
  } catch (error) {
    failures.push({ module, message: error instanceof Error ? (error.stack ?? error.message) : String(error) })
  }
}
writeFileSync(resultPath, JSON.stringify(failures))
rmSync(folder, { recursive: true, force: true })
process.exit()

/** Starts an emulator with a study and servers to export to, and returns what examples take as given: see `given/names.d.ts`. */
async function giveNames() {
  const [emulator, s3] = [await startEmulator(), await startFakeS3()]
  const generated = [...generateStudy({ ctSlices: 3, ultrasoundFrames: 2 })]
  await emulator.importDicom(generated.map(({ data }) => data))
  for (const { name, data } of generated) writeFileSync(name, data)
  for (const copy of ['dicom', 'studies', 'originals']) {
    mkdirSync(copy)
    for (const { name, data } of generated) writeFileSync(join(copy, name), data)
  }
  Object.assign(process.env, {
    AWS_ENDPOINT_URL_MEDICAL_IMAGING: emulator.endpoint,
    AWS_ENDPOINT_URL_S3: s3.endpoint,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AHI_DATASTORE_ID: emulator.datastoreId,
  })
  const { datastoreId } = emulator
  const client = createAhiClient()
  const exporter = createExporter()
  const exported = folderDestination({ directory: join(folder, 'exported') })
  await exporter.exportTo({
    datastoreId,
    selectors: 'all',
    destination: exported,
    formats: createFormats(['dcm', 'png']),
  })
  cpSync('exported', 'study', { recursive: true })
  for await (const { imageSetId } of client.searchImageSets({ datastoreId })) {
    const metadata = await client.getImageSetMetadata({ datastoreId, imageSetId })
    const [first] = imageSetInstances(metadata)
    const imageFrameId = first?.instance.ImageFrames[0]?.ID
    if (first === undefined || imageFrameId === undefined || first.series['Modality'] !== 'CT') continue
    const studyInstanceUid = metadata.Study.DICOM['StudyInstanceUID']
    const { data: codeStream } = await client.getImageFrame({ datastoreId, imageSetId, imageFrameId })
    writeFileSync('pacs-token', 'token')
    writeFileSync('picture.j2c', codeStream)
    writeFileSync('metadata.json.gz', gzipSync(serializeImageSetMetadata(metadata)))
    mkdirSync('frames')
    for (const { instance } of imageSetInstances(metadata)) {
      for (const { ID } of instance.ImageFrames) {
        const frame = await client.getImageFrame({ datastoreId, imageSetId, imageFrameId: ID })
        writeFileSync(join('frames', ID), frame.data)
      }
    }
    const instances = await exporter.loadImageSet({ datastoreId, imageSetId })
    const uids = { datastoreId, studyInstanceUid, seriesInstanceUid: first.seriesInstanceUid, imageSetId, imageFrameId }
    const read = { metadata, instances, instance: instances[0], codeStream }
    const { url: dicomwebUrl } = await startScripted(storeAll)
    const peer = { host: '127.0.0.1', port: (await startPeer()).port }
    return { ...uids, ...read, dicomwebUrl, peer, client, exporter, exported, store: async () => {} }
  }
  throw new Error('The generated study has no CT')
}

function isLike(text: string, pattern: string): boolean {
  const [start = '', ...rest] = pattern.split('…')
  const end = rest.at(-1)
  if (end === undefined) return text === pattern
  return text.length >= start.length + end.length && text.startsWith(start) && text.endsWith(end)
}
