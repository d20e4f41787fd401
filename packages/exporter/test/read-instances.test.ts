import { createExporter, type ErrorEntry, type PlannedImageSet } from '@ahi-dicom/exporter'
import { expect, test } from 'vitest'
import { AhiErrorDouble, clientDouble, decoderDouble } from './doubles/client.ts'
import { datastoreId, makeImageSet } from './doubles/image-sets.ts'

const idA = 'a'.repeat(32)
const idB = 'b'.repeat(32)
const study = [
  makeImageSet({ imageSetId: idB, isPrimary: false, instances: { '1.1': {}, '1.9': {} } }),
  makeImageSet({ imageSetId: idA, instances: { '1.1': {}, '1.3': { frames: 5 } } }),
]

async function gather<T>(items: AsyncIterable<T>): Promise<T[]> {
  const gathered: T[] = []
  for await (const item of items) gathered.push(item)
  return gathered
}

async function part10(instance: { part10(): AsyncIterable<Uint8Array> }): Promise<Uint8Array> {
  return Buffer.concat(await gather(instance.part10()))
}

test('instances of an image set fetch their frames when they are read', async () => {
  const client = clientDouble(study)
  await using exporter = createExporter({ client, frameDecoder: decoderDouble() })
  const uids: string[] = []
  for await (const instance of exporter.dicomizeImageSet({ datastoreId, imageSetId: idA })) {
    uids.push(instance.sopInstanceUid)
    expect(client.requests.frames).toHaveLength(0)
  }
  expect(uids).toEqual(['1.1', '1.3'])
})

test.each(['explicit', 'stored'] as const)(
  '%s: a loaded image set fetches nothing more when it is read again',
  async (transferSyntax) => {
    const client = clientDouble(study)
    await using exporter = createExporter({ client, frameDecoder: decoderDouble() })
    const instances = await exporter.loadImageSet({ datastoreId, imageSetId: idA, transferSyntax })
    expect(client.requests.frames).toHaveLength(6)
    const cine = instances.find((instance) => instance.sopInstanceUid === '1.3')
    const stored = study[1]?.frames.get('1.3#4')?.slice(2)
    expect(await cine?.frame(4)).toEqual(stored)
    expect(await cine?.frame(4)).toEqual(stored)
    const lazy: Uint8Array[] = []
    const read = { datastoreId, imageSetId: idA, transferSyntax }
    for await (const instance of exporter.dicomizeImageSet(read)) lazy.push(await part10(instance))
    expect(await Promise.all(instances.map(part10))).toEqual(lazy)
    expect(client.requests.frames).toHaveLength(12)
  },
)

test('a study has the instances of its primary image sets, or of all without duplicates', async () => {
  await using exporter = createExporter({ client: clientDouble(study), frameDecoder: decoderDouble() })
  const read = { datastoreId, studyInstanceUid: '1.2.3' }
  const primary = await exporter.loadStudy(read)
  expect(primary.map((instance) => instance.sopInstanceUid)).toEqual(['1.1', '1.3'])
  const all = await exporter.loadStudy({ ...read, nonPrimary: 'include' })
  expect(all.map(({ imageSetId, sopInstanceUid }) => `${imageSetId[0]} ${sopInstanceUid}`)).toEqual([
    'a 1.1',
    'a 1.3',
    'b 1.9',
  ])
  const one = await exporter.loadStudy({ ...read, seriesInstanceUid: '1.2.3.4', sopInstanceUid: '1.3' })
  expect(one.map((instance) => instance.sopInstanceUid)).toEqual(['1.3'])
})

test('headers only: no frame is loaded', async () => {
  const client = clientDouble(study)
  await using exporter = createExporter({ client, frameDecoder: decoderDouble() })
  const instances = await exporter.loadStudy({ datastoreId, studyInstanceUid: '1.2.3', headerOnly: true })
  expect(instances.map((instance) => instance.attributes.string('Modality'))).toEqual(['OT', 'OT'])
  expect(client.requests.frames).toEqual([])
})

test('an instance that cannot be loaded is thrown, or reported and left out', async () => {
  const client = clientDouble(study, {
    frame: async ({ imageFrameId }, stored) => (imageFrameId === '1.3#2' ? Uint8Array.of(1) : stored),
  })
  await using exporter = createExporter({ client, frameDecoder: decoderDouble() })
  const read = { datastoreId, imageSetId: idA }
  await expect(exporter.loadImageSet(read)).rejects.toMatchObject({ code: 'FRAME_UNDECODABLE', imageFrameId: '1.3#2' })
  const failures: ErrorEntry[] = []
  const instances = await exporter.loadImageSet({ ...read, onFailure: (failure) => failures.push(failure) })
  expect(instances.map((instance) => instance.sopInstanceUid)).toEqual(['1.1'])
  expect(failures).toMatchObject([
    { imageSetId: idA, sopInstanceUid: '1.3', imageFrameId: '1.3#2', code: 'FRAME_UNDECODABLE' },
  ])
})

test('a selector that matches nothing is an error', async () => {
  await using exporter = createExporter({ client: clientDouble(study), frameDecoder: decoderDouble() })
  await expect(exporter.loadImageSet({ datastoreId, imageSetId: 'z'.repeat(32) })).rejects.toMatchObject({
    code: 'NOTHING_SELECTED',
  })
  await expect(exporter.loadStudy({ datastoreId, studyInstanceUid: '9.9' })).rejects.toMatchObject({
    code: 'NOTHING_SELECTED',
  })
  await expect(exporter.metadata({ datastoreId, imageSetId: 'z'.repeat(32) })).rejects.toMatchObject({
    code: 'AHI_NOT_FOUND',
  })
})

test('an aborted load rejects with the reason', async () => {
  const controller = new AbortController()
  const client = clientDouble(study, {
    frame: async (_, stored) => {
      controller.abort(new Error('enough'))
      return stored
    },
  })
  await using exporter = createExporter({ client, frameDecoder: decoderDouble() })
  const load = exporter.loadImageSet({ datastoreId, imageSetId: idA, signal: controller.signal })
  await expect(load).rejects.toThrow('enough')
})

test('closing the exporter ends its loads', async () => {
  const client = clientDouble(study, {
    frame: async (_, stored) => {
      void exporter.close()
      return stored
    },
  })
  const exporter = createExporter({ client, frameDecoder: decoderDouble() })
  await expect(exporter.loadImageSet({ datastoreId, imageSetId: idA })).rejects.toMatchObject({
    code: 'EXPORTER_CLOSED',
  })
  await exporter.close()
})

test('the series of a study are listed with their image sets', async () => {
  await using exporter = createExporter({ client: clientDouble(study), frameDecoder: decoderDouble() })
  const series = await gather(exporter.listSeries({ datastoreId, studyInstanceUid: '1.2.3' }))
  const common = {
    versionId: '1',
    studyInstanceUid: '1.2.3',
    seriesInstanceUid: '1.2.3.4',
    seriesNumber: 7,
    modality: 'OT',
    seriesDescription: 'noise',
    instanceCount: 2,
  }
  expect(series).toEqual([
    { ...common, imageSetId: idA, isPrimary: true },
    { ...common, imageSetId: idB, isPrimary: false },
  ])
})

test('an image set that cannot be read is reported, and the other series are listed', async () => {
  const client = clientDouble(study, {
    metadata: async (imageSetId) => {
      if (imageSetId === idA) throw new AhiErrorDouble('AHI_RESPONSE')
    },
  })
  await using exporter = createExporter({ client, frameDecoder: decoderDouble() })
  const request = { datastoreId, studyInstanceUid: '1.2.3' }
  await expect(gather(exporter.listSeries(request))).rejects.toMatchObject({ code: 'AHI_RESPONSE' })
  const failures: ErrorEntry[] = []
  const onFailure = (failure: ErrorEntry): unknown => failures.push(failure)
  expect(await gather(exporter.listSeries({ ...request, onFailure }))).toHaveLength(1)
  expect(failures).toMatchObject([{ imageSetId: idA, code: 'AHI_RESPONSE' }])
})

test('a plan counts the work of an export, and fetches no frame', async () => {
  const client = clientDouble(study)
  await using exporter = createExporter({ client, frameDecoder: decoderDouble() })
  const selectors = [{ studyInstanceUid: '1.2.3' }, { imageSetId: idB }, { studyInstanceUid: '9.9' }]
  const failures: ErrorEntry[] = []
  const imageSets: PlannedImageSet[] = []
  const plan = await exporter.plan({
    datastoreId,
    selectors,
    onImageSet: (imageSet) => void imageSets.push(imageSet),
    onFailure: (failure) => void failures.push(failure),
  })
  expect(imageSets).toMatchObject([
    {
      imageSetId: idA,
      versionId: '1',
      isPrimary: true,
      storageTier: undefined,
      studyInstanceUid: '1.2.3',
      seriesInstanceUids: ['1.2.3.4'],
      instances: 2,
      frames: 6,
      bytesToFetch: { bytes: 6 * 18, accuracy: 'exact' },
    },
    { imageSetId: idB, seriesInstanceUids: ['1.2.3.4'], instances: 1, frames: 1 },
  ])
  expect(plan).toMatchObject({
    studies: 1,
    series: 1,
    instances: 3,
    frames: 7,
    bytesToFetch: { bytes: 7 * 18, accuracy: 'exact' },
    duplicates: 1,
    errors: { NOTHING_SELECTED: 1 },
  })
  expect(failures).toMatchObject([{ code: 'NOTHING_SELECTED', studyInstanceUid: '9.9' }])
  expect(client.requests.frames).toEqual([])
})

test('a plan without credentials rejects', async () => {
  const client = clientDouble(study, { search: async () => Promise.reject(new AhiErrorDouble('AHI_CREDENTIALS')) })
  await using exporter = createExporter({ client, frameDecoder: decoderDouble() })
  await expect(exporter.plan({ datastoreId, selectors: 'all' })).rejects.toMatchObject({ code: 'AHI_CREDENTIALS' })
})

test.each([{ fetchConcurrency: 0 }, { maxBytesInFlight: 1.5 }, { lanes: -1 }, { decodeTimeoutMs: 0 }])(
  'rejects the option %j',
  (options) => {
    expect(() => createExporter(options)).toThrow(TypeError)
  },
)
