import { createExporter, type ExportOptions, type ExportProgress, type ExportSummary } from '@ahi-dicom/exporter'
import { expect, test } from 'vitest'
import {
  AhiErrorDouble,
  clientDouble,
  decoderDouble,
  oneByOne,
  wholeInstance,
  type ClientDouble,
  type ClientFaults,
} from './doubles/client.ts'
import { datastoreId, makeImageSet } from './doubles/image-sets.ts'
import { flatLayout, recordingDestination, uidOf, type RecordingDestination } from './doubles/recording-destination.ts'

const imageSetId = 'a'.repeat(32)
const explicitVrLittleEndian = '1.2.840.10008.1.2.1'
const imageSet = makeImageSet({
  imageSetId,
  versionId: '3',
  instances: { '1.1': {}, '1.2': { frames: 5 }, '1.3': { frames: 0 } },
})

/** Makes the third frame of 1.2 something that is not a code stream, at every request. */
const undecodable: ClientFaults = {
  frame: async ({ imageFrameId }, stored) => (imageFrameId === '1.2#2' ? Uint8Array.of(1, 2, 3) : stored),
}

interface Run {
  readonly client: ClientDouble
  readonly destination: RecordingDestination
  readonly summary: ExportSummary
  readonly progress: readonly ExportProgress[]
}

async function run(
  faults: ClientFaults,
  options: Partial<ExportOptions> = {},
  client = clientDouble([imageSet], { instance: oneByOne, ...faults }),
): Promise<Run> {
  const destination = recordingDestination()
  const progress: ExportProgress[] = []
  await using exporter = createExporter({ client, frameDecoder: decoderDouble(), fetchConcurrency: 2 })
  const onProgress = (state: ExportProgress): unknown => progress.push(state)
  const summary = await exporter.exportTo({
    datastoreId,
    selectors: 'all',
    destination,
    layout: flatLayout,
    onProgress,
    ...options,
  })
  for (const { frames } of progress) expect(frames.done).toBeLessThanOrEqual(frames.total)
  return { client, destination, summary, progress }
}

async function wholeFile(sopInstanceUid: string, transferSyntax: string): Promise<Buffer> {
  return Buffer.concat(await wholeInstance(imageSet, sopInstanceUid, transferSyntax))
}

test.each(['explicit', 'stored'] as const)('%s: whole instances on request, byte for byte', async (transferSyntax) => {
  const { client, destination, summary, progress } = await run({}, { source: 'instance', transferSyntax })
  const asked = transferSyntax === 'explicit' ? explicitVrLittleEndian : '*'
  expect(summary).toMatchObject({ outcome: 'complete', frames: 6, unverifiedFrames: 0, warnings: {} })
  expect(client.requests.frames).toEqual([])
  for (const uid of ['1.1', '1.2']) {
    const expected = await wholeFile(uid, asked)
    expect(Buffer.compare(destination.files.get(`${uid}.dcm`) ?? Buffer.alloc(0), expected)).toBe(0)
  }
  expect(destination.manifest.find(({ sopInstanceUid }) => sopInstanceUid === '1.2')).toMatchObject({
    source: 'instance',
    frames: 5,
    checksum: 'verified',
    transferSyntaxUid: transferSyntax === 'explicit' ? explicitVrLittleEndian : '1.2.840.10008.1.2.4.202',
  })
  expect(progress.at(-1)?.frames).toEqual({ done: 6, total: 6 })
})

test('the manifest has the source of the pixels', async () => {
  const { destination } = await run({})
  const sources = Object.fromEntries(destination.manifest.map(({ sopInstanceUid, source }) => [sopInstanceUid, source]))
  expect(sources).toEqual({ '1.1': 'frames', '1.2': 'frames', '1.3': 'none' })
})

test('an instance whose frames do not decode is written as a whole, with a notice', async () => {
  const { client, destination, summary, progress } = await run(undecodable)
  expect(summary).toMatchObject({
    outcome: 'complete',
    instances: { written: 3, failed: 0 },
    warnings: { WHOLE_INSTANCE_USED: 1 },
    errors: {},
  })
  expect(client.requests.instances).toEqual([`1.2 ${explicitVrLittleEndian}`])
  expect(
    Buffer.compare(destination.files.get('1.2.dcm') ?? Buffer.alloc(0), await wholeFile('1.2', explicitVrLittleEndian)),
  ).toBe(0)
  expect(destination.manifest.find(({ sopInstanceUid }) => sopInstanceUid === '1.2')).toMatchObject({
    source: 'instance',
    notices: ['WHOLE_INSTANCE_USED'],
    checksum: 'verified',
  })
  expect(destination.warnings).toMatchObject([{ code: 'WHOLE_INSTANCE_USED', sopInstanceUid: '1.2', instances: 1 }])
  expect(progress.at(-1)?.frames).toEqual({ done: 6, total: 6 })
})

test('if the whole instance fails too, the first failure is reported', async () => {
  const client = clientDouble([imageSet], undecodable)
  client.getDICOMInstance = () => Promise.reject(new AhiErrorDouble('AHI_NOT_FOUND'))
  const { destination, summary } = await run({}, {}, client)
  expect(summary).toMatchObject({ outcome: 'failed', instances: { written: 2, failed: 1 } })
  expect(destination.errors).toMatchObject([
    { sopInstanceUid: '1.2', code: 'FRAME_UNDECODABLE', imageFrameId: '1.2#2' },
  ])
})

test('missing permission for whole instances ends the job only with source instance', async () => {
  const client = clientDouble([imageSet], undecodable)
  client.getDICOMInstance = () => Promise.reject(new AhiErrorDouble('AHI_ACCESS_DENIED', false, 'GetDICOMInstance'))
  const fallback = await run({}, {}, client)
  expect(fallback.summary).toMatchObject({ outcome: 'failed', instances: { written: 2, failed: 1 } })
  expect(fallback.destination.errors).toMatchObject([{ sopInstanceUid: '1.2', code: 'FRAME_UNDECODABLE' }])
  const asked = await run({}, { source: 'instance' }, client)
  expect(asked.summary).toMatchObject({ outcome: 'fatal', fatal: { code: 'AHI_ACCESS_DENIED' } })
})

test('an instance that is only available as a whole fails with a clear message without permission', async () => {
  const frameless = makeImageSet({ imageSetId, instances: { '1.1': {} } })
  const instance = frameless.metadata.Study.Series['1.2.3.4']?.Instances['1.1']
  if (instance === undefined) throw new TypeError('no instance')
  instance.ImageFrames = []
  const client = clientDouble([frameless])
  client.getDICOMInstance = () => Promise.reject(new AhiErrorDouble('AHI_ACCESS_DENIED'))
  const { destination, summary } = await run({}, {}, client)
  expect(summary).toMatchObject({ outcome: 'failed', errors: { WHOLE_INSTANCE_UNAVAILABLE: 1 } })
  expect(destination.errors[0]?.message).toMatch(/GetDICOMInstance/)
})

test('a whole instance damaged in transit is fetched once more', async () => {
  let damaged = 0
  const once: ClientFaults = {
    async *instance(chunks) {
      const isDamaged = damaged++ === 0
      for (const chunk of chunks) yield isDamaged && chunk.length === 16 ? chunk.map((byte) => byte ^ 1) : chunk
    },
  }
  const { client, summary, progress } = await run(once, {
    source: 'instance',
    selectors: [{ studyInstanceUid: '1.2.3', sopInstanceUid: '1.2' }],
  })
  expect(summary).toMatchObject({ outcome: 'complete', frames: 5, unverifiedFrames: 0 })
  expect(client.requests.instances).toHaveLength(2)
  expect(progress.at(-1)?.frames.done).toBe(5)
})

test('an empty whole instance is fetched once more', async () => {
  let requests = 0
  const once: ClientFaults = {
    async *instance(chunks) {
      if ((requests += 1) > 1) yield* chunks
    },
  }
  const { client, summary } = await run(once, {
    source: 'instance',
    selectors: [{ studyInstanceUid: '1.2.3', sopInstanceUid: '1.2' }],
  })
  expect(summary).toMatchObject({ outcome: 'complete', frames: 5, unverifiedFrames: 0 })
  expect(client.requests.instances).toHaveLength(2)
})

test('a whole instance that stays damaged is a checksum mismatch', async () => {
  const always: ClientFaults = {
    async *instance(chunks) {
      for (const chunk of chunks) yield chunk.length === 16 ? chunk.map((byte) => byte ^ 1) : chunk
    },
  }
  const { destination, summary } = await run(always, { source: 'instance' })
  expect(summary).toMatchObject({ outcome: 'checksum-mismatch', instances: { written: 1, failed: 2 } })
  expect(destination.files.has('1.2.dcm')).toBe(false)
})

test('an instance whose frames differ in size from the document is written once more', async () => {
  const attempts: string[] = []
  const destination = recordingDestination({
    beforeWrite: async (file) => {
      const sopInstanceUid = uidOf(file)
      attempts.push(sopInstanceUid)
      const isFirst = attempts.filter((uid) => uid === '1.2').length === 1
      if (sopInstanceUid === '1.2' && isFirst) throw new AhiErrorDouble('FRAME_SIZE_MISMATCH')
    },
  })
  await using exporter = createExporter({ client: clientDouble([imageSet]), frameDecoder: decoderDouble() })
  const summary = await exporter.exportTo({ datastoreId, selectors: 'all', destination, layout: flatLayout })
  expect(summary).toMatchObject({ outcome: 'complete', instances: { written: 3 }, errors: {}, warnings: {} })
  expect(attempts.toSorted()).toEqual(['1.1', '1.2', '1.2', '1.3'])
})

test('earlier versions have no whole instances', async () => {
  const selectors = [{ imageSetId, versionId: '2' }]
  const fallback = await run(undecodable, { selectors })
  expect(fallback.client.requests.instances).toEqual([])
  expect(fallback.destination.errors).toMatchObject([{ code: 'FRAME_UNDECODABLE' }])
  const asked = await run({}, { selectors, source: 'instance' })
  expect(asked.client.requests.instances).toEqual([])
  expect(asked.summary).toMatchObject({ outcome: 'failed', errors: { WHOLE_INSTANCE_UNAVAILABLE: 3 } })
  expect(asked.destination.errors[0]?.message).toMatch(/latest version/)
  const latest = await run({}, { selectors: [{ imageSetId, versionId: '3' }], source: 'instance' })
  expect(latest.summary).toMatchObject({ outcome: 'complete', frames: 6 })
})

test('a client without getDICOMInstance exports all readable frames', async () => {
  const { destination } = await run({}, {}, clientDouble([imageSet], undecodable))
  expect(destination.errors).toMatchObject([{ sopInstanceUid: '1.2', code: 'FRAME_UNDECODABLE' }])
})

test('whole instances count as open requests until they are received', async () => {
  const uids = Array.from({ length: 7 }, (_, index) => `1.${index}`)
  const many = makeImageSet({ imageSetId, instances: Object.fromEntries(uids.map((uid) => [uid, {}])) })
  let underWay = 0
  let most = 0
  const counting: ClientFaults = {
    async *instance(chunks) {
      most = Math.max(most, ++underWay)
      yield* oneByOne(chunks)
      underWay -= 1
    },
  }
  const { summary } = await run({}, { source: 'instance', instanceConcurrency: 7 }, clientDouble([many], counting))
  expect(summary).toMatchObject({ outcome: 'complete', instances: { written: 7 } })
  expect(most).toBe(2)
})

test('an abort during a whole instance leaves it unfinished', async () => {
  const abort = new AbortController()
  const aborting: ClientFaults = {
    async *instance(chunks) {
      for (const chunk of chunks) {
        yield chunk
        abort.abort()
      }
    },
  }
  const { destination, summary } = await run(aborting, {
    source: 'instance',
    signal: abort.signal,
    instanceConcurrency: 1,
  })
  expect(summary).toMatchObject({ outcome: 'interrupted', instances: { failed: 0 } })
  expect(destination.errors).toEqual([])
})

test('instances in memory can be whole instances too', async () => {
  const client = clientDouble([imageSet], { instance: oneByOne })
  await using exporter = createExporter({ client, frameDecoder: decoderDouble() })
  const instances = await exporter.loadImageSet({ datastoreId, imageSetId, source: 'instance' })
  expect(instances.map(({ source }) => source)).toEqual(['instance', 'instance', 'instance'])
  const pixels = await instances[1]?.frame(2)
  expect(pixels).toEqual(imageSet.frames.get('1.2#2')?.slice(2))
  expect(client.requests.instances).toEqual(['1.1', '1.2', '1.3'].map((uid) => `${uid} ${explicitVrLittleEndian}`))
  expect(client.requests.frames).toEqual([])
})
