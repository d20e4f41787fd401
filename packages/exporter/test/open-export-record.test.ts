import { createExporter, type ImageSetToExport, type OpenExport, type OpenExportOptions } from '@ahi-dicom/exporter'
import { recordNames } from '@ahi-dicom/export-files'
import type { ImageSetInstance } from '@ahi-dicom/ahi-metadata'
import { expect, test } from 'vitest'
import { AhiErrorDouble, clientDouble, decoderDouble, type ClientDouble, type ClientFaults } from './doubles/client.ts'
import { datastoreId, makeImageSet, type ImageSetDouble } from './doubles/image-sets.ts'
import { flatLayout, recordingDestination, type RecordingDestination } from './doubles/recording-destination.ts'

const ids = { first: 'a'.repeat(32), second: 'b'.repeat(32), third: 'c'.repeat(32) }
const first = makeImageSet({ imageSetId: ids.first, instances: { '1.1': {}, '1.2': { frames: 2 } } })
const second = makeImageSet({ imageSetId: ids.second, instances: { '1.2': { frames: 2 }, '1.3': {} } })
const wide = makeImageSet({
  imageSetId: ids.third,
  instances: { '1.1': {}, '1.2': { frames: 2 }, '1.3': {}, '1.4': {} },
})
const third = makeImageSet({ imageSetId: ids.third, instances: { '1.3': {}, '1.4': {} } })

interface Opened extends AsyncDisposable {
  readonly client: ClientDouble
  readonly destination: RecordingDestination
  readonly open: OpenExport
}

async function openAt(
  destination: RecordingDestination,
  {
    faults,
    imageSets = [first, second, third],
    ...options
  }: Partial<OpenExportOptions> & {
    readonly faults?: ClientFaults
    readonly imageSets?: readonly ImageSetDouble[]
  } = {},
): Promise<Opened> {
  const client = clientDouble(imageSets, faults)
  const exporter = createExporter({ client, frameDecoder: decoderDouble() })
  const open = await exporter.openExport({ datastoreId, destination, layout: flatLayout, ...options })
  return { client, destination, open, [Symbol.asyncDispose]: () => exporter.close() }
}

function version(imageSetId: string): ImageSetToExport & { readonly versionId: string } {
  return { imageSetId, versionId: '1' }
}

function origins({ manifest }: RecordingDestination): Record<string, string> {
  return Object.fromEntries(manifest.map(({ sopInstanceUid, imageSetId }) => [sopInstanceUid, imageSetId]))
}

test('leaves out instances of image sets that come first, and is then not complete', async () => {
  const destination = recordingDestination()
  await using opened = await openAt(destination, { selection: { selectors: 'all' } })
  const after = [version(ids.first), version(ids.second)]
  expect(await opened.open.exportImageSet({ ...version(ids.third), after })).toMatchObject({ instances: 1 })
  expect(await opened.open.exportImageSet({ ...version(ids.second), after: after.slice(0, 1) })).toMatchObject({
    instances: 1,
  })
  expect(await opened.open.exportImageSet(version(ids.first))).toMatchObject({ instances: 2, frames: 3 })
  expect(origins(destination)).toEqual({ '1.1': ids.first, '1.2': ids.first, '1.3': ids.second, '1.4': ids.third })
  expect(await opened.open.close()).toMatchObject({ outcome: 'complete', duplicates: 0, instances: { selected: 4 } })
  const text = await textOf(destination, recordNames.manifest)
  expect(text.match(/"finished":true/gu)).toHaveLength(1)
  expect(JSON.parse(await textOf(destination, recordNames.description))).toMatchObject({
    selection: { selectors: 'all', filters: [], nonPrimary: 'exclude' },
  })
})

test('exports instances that an image set that comes first has, but that its selectors or the filters leave out', async () => {
  const series = { studyInstanceUid: '1.2.3', seriesInstanceUid: '1.2.3.4' }
  const one = { ...version(ids.first), selectors: [{ ...series, sopInstanceUid: '1.1' }] }
  const two = { ...version(ids.second), selectors: [{ ...series, sopInstanceUid: '1.3' }] }
  const selected = [one, two, version(ids.third)]
  const destination = recordingDestination()
  await using opened = await openAt(destination, { imageSets: [first, second, wide] })
  for (const [index, imageSet] of selected.entries()) {
    await opened.open.exportImageSet({ ...imageSet, after: selected.slice(0, index) })
  }
  expect(origins(destination)).toEqual({ '1.1': ids.first, '1.2': ids.third, '1.3': ids.second, '1.4': ids.third })
  expect(await opened.open.close()).toMatchObject({ outcome: 'complete', duplicates: 0 })

  const only = recordingDestination()
  const filters = [{ name: 'not 1.1', matches: ({ sopInstanceUid }: ImageSetInstance) => sopInstanceUid !== '1.1' }]
  await using filtered = await openAt(only, { imageSets: [first, second, wide], filters })
  expect(await filtered.open.exportImageSet({ ...two, after: [one] })).toMatchObject({ instances: 1 })
  expect(await filtered.open.exportImageSet({ ...version(ids.third), after: [one, two] })).toMatchObject({
    instances: 2,
  })
  expect(origins(only)).toEqual({ '1.2': ids.third, '1.3': ids.second, '1.4': ids.third })
})

test('an image set that comes first is matched by the study of its selectors', async () => {
  const destination = recordingDestination()
  await using opened = await openAt(destination)
  const after = [{ ...version(ids.second), selectors: [{ studyInstanceUid: '9.9' }] }]
  expect(await opened.open.exportImageSet({ ...version(ids.third), after })).toMatchObject({ instances: 2 })
  const met = { ...version(ids.second), selectors: [{ studyInstanceUid: '9.9' }, { studyInstanceUid: '1.2.3' }] }
  expect(await opened.open.exportImageSet({ ...version(ids.third), after: [met] })).toMatchObject({ skipped: 1 })
})

async function textOf({ record }: RecordingDestination, name: string): Promise<string> {
  const chunks: Uint8Array[] = []
  for await (const chunk of (await record.read(name)) ?? []) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}

test.each([
  ['for a lasting reason, has no instances', new AhiErrorDouble('AHI_NOT_FOUND'), { instances: 2, failures: [] }],
  [
    'for a passing reason, fails the one after it',
    new AhiErrorDouble('AHI_TIMEOUT', true),
    { instances: 0, failures: [{ imageSetId: ids.second, code: 'AHI_TIMEOUT' }] },
  ],
])('an unreadable image set that comes first, %s', async (_, error, expected) => {
  const metadata = (imageSetId: string): Promise<void> =>
    imageSetId === ids.first ? Promise.reject(error) : Promise.resolve()
  await using opened = await openAt(recordingDestination(), { faults: { metadata } })
  const exported = await opened.open.exportImageSet({ ...version(ids.second), after: [version(ids.first)] })
  expect(exported).toMatchObject(expected)
})

/** A frame that never arrives. */
const hang: ClientFaults['frame'] = ({ signal }) =>
  new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason), { once: true }))

/** The frame of the first instance arrives, all others never do. */
const hangAfterFirst: ClientFaults['frame'] = async (request, stored) =>
  request.imageFrameId === '1.1#0' ? stored : await hang(request, stored)

test('a fatal failure ends it, and rejects waiting and later calls', async () => {
  const metadata = async (imageSetId: string): Promise<void> => {
    if (imageSetId === ids.second) throw new AhiErrorDouble('AHI_CREDENTIALS')
  }
  const destination = recordingDestination()
  await using opened = await openAt(destination, { faults: { metadata, frame: hang } })
  const { open } = opened
  const ended = { code: 'AHI_CREDENTIALS', isOutage: false, message: expect.stringContaining('AHI_CREDENTIALS') }
  const results = await Promise.allSettled([ids.first, ids.second].map((id) => open.exportImageSet(version(id))))
  expect(results).toMatchObject([
    { status: 'rejected', reason: ended },
    { status: 'rejected', reason: ended },
  ])
  await expect(open.exportImageSet(version(ids.third))).rejects.toMatchObject(ended)
  expect(destination.errors).toMatchObject([{ imageSetId: ids.second, code: 'AHI_CREDENTIALS' }])
})

test('a flush that fails ends it, and nothing counts as exported', async () => {
  const destination = { ...recordingDestination(), flush: () => Promise.reject(new Error('no flush')) }
  await using opened = await openAt(destination)
  const ended = { code: 'Error', message: expect.stringContaining('no flush'), left: undefined }
  await expect(opened.open.exportImageSet(version(ids.first))).rejects.toMatchObject(ended)
  expect(await opened.open.close()).toMatchObject({ outcome: 'fatal', unrecorded: [{ name: recordNames.flushed }] })
})

test('if it is closed, the error lists the instances left, and the others are written', async () => {
  const hanging = makeImageSet({ imageSetId: ids.first, instances: { '1.1': {}, '1.2': {} } })
  const written = Promise.withResolvers<void>()
  const destination = recordingDestination({ journal: async () => written.resolve() })
  await using opened = await openAt(destination, { imageSets: [hanging], faults: { frame: hangAfterFirst } })
  const exporting = Promise.allSettled([opened.open.exportImageSet(version(ids.first))])
  const left = [{ seriesInstanceUid: '1.2.3.4', sopInstanceUid: '1.2' }]
  await written.promise
  expect(await opened.open.close()).toMatchObject({ outcome: 'interrupted', instances: { written: 1, unfinished: 1 } })
  expect(await exporting).toMatchObject([{ status: 'rejected', reason: { code: 'EXPORT_CLOSED', left } }])
})

test.each([
  { start: -1, end: 2 },
  { start: 2, end: 1 },
  { start: 0, end: 1.5 },
  { start: Number.NaN, end: 1 },
])('an invalid range is refused: %o', async (range) => {
  await using opened = await openAt(recordingDestination())
  await expect(opened.open.exportImageSet({ ...version(ids.first), range })).rejects.toThrow(TypeError)
})

test('a destination that cannot be opened rejects, as does one with an export unless the mode allows it', async () => {
  const destination = recordingDestination()
  await using opened = await openAt(destination)
  await opened.open.exportImageSet(version(ids.first))
  await opened.open.close()
  const again = recordingDestination({}, destination)
  await expect(openAt(again)).rejects.toMatchObject({ code: 'OUTPUT_EXISTS' })
  await using resumed = await openAt(recordingDestination({}, destination), { mode: 'resume' })
  expect(await resumed.open.exportImageSet(version(ids.first))).toMatchObject({ instances: 0, skipped: 2 })
})

test('an abandoned call starts no more instances, and the others continue', async () => {
  const giveUp = new AbortController()
  const gate = Promise.withResolvers<void>()
  const many = Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`2.${index}`, {}]))
  const large = makeImageSet({ imageSetId: ids.first, instances: many })
  const destination = recordingDestination({ beforeWrite: () => gate.promise })
  await using opened = await openAt(destination, { imageSets: [large, third], instanceConcurrency: 2 })
  const exporting = opened.open.exportImageSet(version(ids.first), { signal: giveUp.signal })
  giveUp.abort(new Error('no more'))
  await expect(exporting).rejects.toThrow('no more')
  gate.resolve()
  expect(await opened.open.exportImageSet(version(ids.third))).toMatchObject({ instances: 2 })
  const summary = await opened.open.close()
  expect(summary).toMatchObject({ outcome: 'complete', instances: { unfinished: 0 } })
  expect(summary.instances.selected).toBeLessThan(22)
})

const refuse = (): Promise<void> => Promise.reject(new Error('lost'))

test('if onLoaded throws, the call rejects with that error, and no instance is started', async () => {
  await using opened = await openAt(recordingDestination())
  await expect(opened.open.exportImageSet({ ...version(ids.first), onLoaded: refuse })).rejects.toThrow('lost')
  expect(await opened.open.exportImageSet(version(ids.third))).toMatchObject({ instances: 2 })
  expect(await opened.open.close()).toMatchObject({ outcome: 'complete', imageSets: { selected: 1 } })
})

test('many image sets at a time resolve, each after its files and lines are flushed', async () => {
  const imageSets = Array.from({ length: 500 }, (_, index) =>
    makeImageSet({ imageSetId: String(index).padStart(32, '0'), instances: { [`3.${index}`]: {} } }),
  )
  const base = recordingDestination()
  let written = new Set<string>()
  const flushed = new Set<string>()
  let flushes = 0
  const destination = {
    ...base,
    async flush() {
      flushes += 1
      const before = written
      written = new Set()
      await new Promise((resolve) => void setImmediate(resolve))
      for (const path of before) flushed.add(path)
    },
    write: async (...args: Parameters<typeof base.write>) => {
      const file = await base.write(...args)
      written.add(file.path)
      return file
    },
  }
  let appended = ''
  let flushedLines = new Set<string>()
  const { record } = base
  destination.record = {
    ...record,
    async append(name, keepBytes) {
      const log = await record.append(name, keepBytes)
      if (name !== recordNames.manifest) return log
      return {
        ...log,
        async append(text) {
          await log.append(text)
          appended += text
        },
        async flush() {
          const lines = new Set(appended.split('\n').map(keyOfLine))
          await log.flush()
          flushedLines = lines
        },
      }
    },
  }
  await using opened = await openAt(destination, { imageSets })
  const left = [...imageSets]
  let mostAtATime = 0
  let running = 0
  async function work(): Promise<void> {
    for (let next = left.shift(); next !== undefined; next = left.shift()) {
      running += 1
      mostAtATime = Math.max(mostAtATime, running)
      const { imageSetId, instances } = next.spec
      expect(await opened.open.exportImageSet(version(imageSetId))).toMatchObject({ instances: 1 })
      for (const uid of Object.keys(instances)) {
        expect(flushed).toContain(`${uid}.dcm`)
        expect(flushedLines).toContain(`${imageSetId} ${uid}`)
      }
      expect(flushedLines).toContain(`${imageSetId} finished`)
      running -= 1
    }
  }
  await Promise.all(Array.from({ length: 16 }, work))
  expect(mostAtATime).toBe(16)
  expect(flushes).toBeLessThan(imageSets.length / 2)
  expect(await opened.open.close()).toMatchObject({ outcome: 'complete', instances: { written: 500 } })
})

/** Returns the key of a manifest line: a file of an instance, or a complete image set. */
function keyOfLine(line: string): string {
  if (line === '') return ''
  const { imageSetId, sopInstanceUid } = JSON.parse(line)
  return `${imageSetId} ${sopInstanceUid ?? 'finished'}`
}
