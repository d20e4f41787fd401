import { describe, expect, test } from 'vitest'
import {
  createFormats,
  instancesDigest,
  mergeRecords,
  openRecord,
  OutputError,
  parseSeriesLayout,
  readExport,
  SeriesFileError,
  verifyExport,
  writeSeriesFiles,
} from '@ahi-dicom/export-files'
import type {
  AnyFormat,
  Destination,
  ExportRecord,
  OutputMode,
  SeriesFile,
  SeriesFileEntry,
  SeriesFormat,
  SeriesKey,
  VerificationEvent,
  WrittenSeriesFile,
} from '@ahi-dicom/export-files'
import { attributesOf } from '../../renderer/test/picture-source-double.ts'
import { entryOf, instanceDouble, keyOf } from './instance-double.ts'
import { sharedPlace } from './shared-place.ts'
import { memoryDestination } from './memory-destination.ts'

const instances = ['1.1', '1.2'].map((sopInstanceUid) => instanceDouble({ sopInstanceUid }))
const stem = '1.2.3/1.2.3.4'

function formatOf(name: string, files: SeriesFormat['files']): SeriesFormat {
  return { scope: 'series', name, settings: { level: 1 }, files }
}

function fileOf(suffix: string, text = suffix): SeriesFile {
  return { suffix, mediaType: 'text/plain', frames: 1, chunks: [Buffer.from(text)] }
}

function unreachable(): never {
  return expect.unreachable()
}

const volume = formatOf('nii', () => [fileOf('.nii'), fileOf('_about.json')])

describe('writeSeriesFiles', () => {
  test('writes the files of all formats, and returns their suffixes', async () => {
    const destination = memoryDestination()
    const zarr = formatOf('zarr', async function* files({ instances: { length } }) {
      yield fileOf('.zarr/zarr.json', String(length))
      yield fileOf('.zarr/c/0/0/0')
    })
    const written = await writeSeriesFiles({ instances, stem }, [volume, zarr], destination)
    // printf 2 | sha256sum
    const sha256 = 'd4735e3a265e16eee03f59718b9b5d03019c07d8b6c51f90da3a666eec13ab35'
    expect(written.map(({ path }) => path)).toEqual([
      `${stem}.nii`,
      `${stem}_about.json`,
      `${stem}.zarr/zarr.json`,
      `${stem}.zarr/c/0/0/0`,
    ])
    expect(written[2]).toEqual({
      path: `${stem}.zarr/zarr.json`,
      format: 'zarr',
      suffix: '.zarr/zarr.json',
      frames: 1,
      byteLength: 1,
      sha256,
      settings: { level: 1 },
    })
  })

  test('removes the files of a format that fails, and keeps the others with onFailure', async () => {
    const failing = formatOf('webp', function* files() {
      yield fileOf('.webp')
      throw new Error('no picture')
    })
    const destination = memoryDestination()
    const failures: unknown[] = []
    const onFailure = (error: unknown): void => void failures.push(error)
    const written = await writeSeriesFiles({ instances, stem }, [failing, volume], destination, { onFailure })
    expect(failures).toEqual([new Error('no picture')])
    expect(written.map(({ format }) => format)).toEqual(['nii', 'nii'])
    expect([...destination.files.keys()]).toEqual([`${stem}.nii`, `${stem}_about.json`])
    const other = memoryDestination()
    await expect(writeSeriesFiles({ instances, stem }, [volume, failing], other)).rejects.toThrow('no picture')
    expect([...other.files.keys()]).toEqual([])
  })

  test('if a part fails, the other files of its format stay', async () => {
    const parts = formatOf('nii', function* files({ onFailure }) {
      yield fileOf('_1.nii')
      onFailure(new Error('no second part'))
      yield fileOf('_3.nii')
    })
    const destination = memoryDestination()
    const failures: unknown[] = []
    const options = { onFailure: (error: unknown): void => void failures.push(error) }
    expect(await writeSeriesFiles({ instances, stem }, [parts], destination, options)).toHaveLength(2)
    expect(failures).toHaveLength(1)
    const other = memoryDestination()
    await expect(writeSeriesFiles({ instances, stem }, [parts], other)).rejects.toThrow('no second part')
    expect(other.files.size).toBe(0)
  })

  test('removes all files of the series if the destination refuses one', async () => {
    const destination = memoryDestination()
    const refusing: Destination = {
      ...destination,
      write(file, options) {
        if (!file.path.endsWith('.json')) return destination.write(file, options)
        return Promise.reject(new OutputError('OUTPUT_DISK_FULL', 'full', { path: file.path }))
      },
    }
    const taking = { onFailure: unreachable }
    await expect(writeSeriesFiles({ instances, stem }, [volume], refusing, taking)).rejects.toThrow('full')
    expect(destination.files.size).toBe(0)
  })

  test.each(['', 'x', '/x', '.4', '-0001.nii', '.nii/../x', '_/./x', '.nii/', '.nii.', '_a b', '..', '.a\\b'])(
    'refuses the suffix %j',
    async (suffix) => {
      const destination = memoryDestination()
      const format = formatOf('nii', () => [fileOf(suffix)])
      await expect(writeSeriesFiles({ instances, stem }, [format], destination)).rejects.toThrow(SeriesFileError)
      expect(destination.files.size).toBe(0)
    },
  )

  test('keeps the files of a format that fails if other writers may have written them', async () => {
    const failing = formatOf('npz', async function* () {
      yield fileOf('.npz')
      throw new Error('no more')
    })
    const kept = memoryDestination()
    for (const isShared of [false, true]) {
      const writer = { ...kept, isShared }
      await expect(writeSeriesFiles({ instances, stem }, [failing], writer)).rejects.toThrow('no more')
      expect([...kept.files.keys()]).toEqual(isShared ? [`${stem}.npz`] : [])
    }
  })

  test('does not overwrite another file of the series', async () => {
    const destination = memoryDestination()
    const other = formatOf('npz', () => [fileOf('.npz'), fileOf('_ABOUT.json', 'other')])
    await expect(writeSeriesFiles({ instances, stem }, [volume, other], destination)).rejects.toMatchObject({
      code: 'SERIES_FILE_REPEATED',
      format: 'npz',
    })
    const kept = memoryDestination()
    await writeSeriesFiles({ instances, stem }, [volume, other], kept, { onFailure() {} })
    expect([...kept.files.keys()]).toEqual([`${stem}.nii`, `${stem}_about.json`])
  })
})

test('the layout of series allows attributes of series, study and patient', () => {
  const attributes = attributesOf({ PatientID: 'Jane/1', SeriesNumber: 7, Modality: 'MR' })
  const series = { studyInstanceUid: '1.2', seriesInstanceUid: '1.2.3', attributes }
  expect(parseSeriesLayout().path(series)).toBe('1.2/1.2.3')
  expect(parseSeriesLayout('{PatientID}/{SeriesNumber}').path(series)).toMatch(/^Jane_1\/7-[0-9a-f]{8}$/)
  expect(parseSeriesLayout('{PatientID}/{SeriesInstanceUID}').mask).toEqual(['{PatientID}', null])
  expect(() => parseSeriesLayout('{SeriesInstanceUID}/{AcquisitionNumber}')).toThrow(TypeError)
})

test('the digest of instances does not depend on their order', () => {
  // printf '1.1\n1.10\n1.2\n' | sha256sum
  const expected = '91a0c4b31ceb71ab7741cead18bbe3b7026e2312fd370f0e1b6019d9402d6b2c'
  expect(instancesDigest(['1.2', '1.1', '1.10'])).toBe(expected)
  expect(instancesDigest(['1.10', '1.2', '1.1'])).toBe(expected)
})

function keyOfSeries(versionId = '1', uids = ['1.1', '1.2']): SeriesKey {
  const [first] = instances
  if (first === undefined) throw new TypeError('no instance')
  const { sopInstanceUid: _, ...key } = keyOf(first, versionId)
  return { ...key, instances: uids.length, instancesSha256: instancesDigest(uids) }
}

function lineOf(key: SeriesKey, file: WrittenSeriesFile, files: number): SeriesFileEntry {
  return {
    ...key,
    scope: 'series',
    path: file.path,
    suffix: file.suffix,
    files,
    format: file.format,
    bytes: file.byteLength,
    sha256: file.sha256,
    frames: file.frames,
    source: 'frames',
    request: { form: 'explicit', source: 'frames', settings: { level: 1 } },
    checksum: 'verified',
  }
}

async function open(
  destination: Destination,
  mode: OutputMode = 'resume',
  formats: readonly AnyFormat[] = [volume],
): Promise<ExportRecord> {
  await destination.open()
  return await openRecord(destination, { mode, formats, selection: 'all' })
}

async function write(destination: Destination, record: ExportRecord, key: SeriesKey = keyOfSeries()): Promise<void> {
  await record.begin(record.claim(stem, key), 'series')
  const written = await writeSeriesFiles({ instances, stem }, [volume], destination)
  await record.add(written.map((file) => lineOf(key, file, written.length)))
}

async function problems(destination: Destination): Promise<readonly VerificationEvent[]> {
  const found: VerificationEvent[] = []
  for await (const event of verifyExport(destination)) if (event.kind === 'problem') found.push(event)
  return found
}

describe('the record', () => {
  test('counts a series as written if it has the same instances and all its files exist', async () => {
    const destination = memoryDestination()
    const first = await open(destination, 'new')
    await write(destination, first)
    await first.close({ outcome: 'complete' })
    expect(await problems(destination)).toEqual([])
    const again = await open(destination)
    expect(again.claim(stem, keyOfSeries())).toBe(stem)
    expect(again.completed(keyOfSeries(), stem)).toEqual({ checksum: 'verified' })
    expect(again.completed(keyOfSeries('2'), stem)).toBeUndefined()
    expect(again.completed(keyOfSeries('1', ['1.1']), stem)).toBeUndefined()
    expect(again.completed(keyOfSeries(), 'elsewhere')).toBeUndefined()
    await again.close()
    const other = await open(destination, 'resume', [{ ...volume, settings: { level: 2 } }])
    expect(other.completed(keyOfSeries(), stem)).toBeUndefined()
    await other.close()
    destination.files.delete(`${stem}_about.json`)
    const lacking = await open(destination)
    expect(lacking.completed(keyOfSeries(), stem)).toBeUndefined()
    await lacking.close()
  })

  test('a format of instances with the same name has separate lines', async () => {
    const destination = memoryDestination()
    const [instance] = instances
    if (instance === undefined) throw new TypeError('no instance')
    const formats = [...createFormats(['dcm']), { ...volume, name: 'dcm' }]
    const record = await open(destination, 'new', formats)
    await write(destination, record)
    expect(record.completed(keyOf(instance), '1.2.3/1.2.3.4/1.1')).toBeUndefined()
    const stored = await destination.write({
      path: '1.2.3/1.2.3.4/1.1.dcm',
      format: 'dcm',
      mediaType: 'application/dicom',
      chunks: [Buffer.from('x')],
    })
    await record.add([entryOf(instance, { ...stored, format: 'dcm' })])
    expect(record.completed(keyOf(instance), '1.2.3/1.2.3.4/1.1')).toEqual({ checksum: 'verified' })
    await record.close()
  })

  test('after a run is killed in a series, its files are removed and others stay', async () => {
    const destination = memoryDestination()
    const record = await open(destination, 'new')
    await record.begin(record.claim(stem, keyOfSeries()), 'series')
    await writeSeriesFiles({ instances, stem }, [volume], destination)
    const others = [`${stem}.5.txt`, `${stem}5.nii`, `${stem}/1.1.dcm`, '1.2.3/other.nii']
    for (const path of others) {
      await destination.write({ path, format: 'x', mediaType: 'text/plain', chunks: [Buffer.from('x')] })
    }
    const next = await open(afterKill(destination))
    expect([...destination.files.keys()].toSorted()).toEqual(others.toSorted())
    await next.close()
  })

  test('a recorded series that a killed run was rewriting is compared by content', async () => {
    const destination = memoryDestination()
    const first = await open(destination, 'new')
    await write(destination, first)
    await first.close({ outcome: 'complete' })
    const second = await open(destination)
    await second.begin(stem, 'series')
    const other = formatOf('nii', () => [fileOf('.nii', 'NII.')])
    await writeSeriesFiles({ instances, stem }, [other], destination)
    const third = await open(afterKill(destination))
    expect(third.completed(keyOfSeries(), stem)).toBeUndefined()
    expect([...destination.files.keys()]).toEqual([`${stem}_about.json`])
    await third.close()
  })

  test('later files of other instances replace all files of the series', async () => {
    const destination = memoryDestination()
    const first = await open(destination, 'new')
    await write(destination, first)
    await first.close({ outcome: 'complete' })
    const second = await open(destination)
    const key = keyOfSeries('1', ['1.1', '1.2', '1.3'])
    const one = formatOf('nii', () => [fileOf('.nii', 'other')])
    const written = await writeSeriesFiles({ instances, stem }, [one], destination)
    await second.add(written.map((file) => lineOf(key, file, written.length)))
    expect(await second.finish({ isComplete: true })).toEqual([])
    await second.close({ outcome: 'complete' })
    expect([...destination.files.keys()]).toEqual([`${stem}.nii`])
    expect(await problems(destination)).toEqual([])
  })

  test('its paths are shown without patient data', async () => {
    const destination = memoryDestination()
    const record = await open(destination, 'new')
    const written = await writeSeriesFiles({ instances, stem: 'Doe^Jane/1.2.3.4' }, [volume], destination)
    await record.add(written.map((file) => lineOf(keyOfSeries(), file, written.length)))
    await record.close({ outcome: 'complete' })
    using contents = await readExport(destination)
    const shown: string[] = []
    for await (const file of contents.files()) shown.push(file.shownPath)
    expect(shown).toEqual(['*/1.2.3.4.nii', '*/1.2.3.4_about.json'])
    destination.files.delete('Doe^Jane/1.2.3.4.nii')
    expect(await problems(destination)).toMatchObject([{ problem: 'missing', shownPath: '*/1.2.3.4.nii' }])
  })

  test('a series that lacks data is not complete, also for the run that recorded it', async () => {
    const destination = memoryDestination()
    await using record = await open(destination, 'new')
    const key = keyOfSeries()
    const [file] = await writeSeriesFiles({ instances, stem }, [volume], destination)
    if (file === undefined) throw new TypeError('no file')
    await record.add([{ ...lineOf(key, file, 1), hasLoss: true }])
    expect(record.completed(key, stem)).toBeUndefined()
    await write(destination, record, key)
    expect(record.completed(key, stem)).toEqual({ checksum: 'verified' })
    await record.finishImageSet({ ...key, instances: 2 })
    expect(record.imageSetVersion(key.imageSetId)).toBe('1')
  })

  test('a merge prefers the line of a writer that lacks no data', async () => {
    const place = sharedPlace()
    for (const writer of ['a', 'b']) {
      const destination = place.destinationOf(writer)
      await using record = await open(destination, 'new')
      const written = await writeSeriesFiles({ instances, stem }, [volume], destination)
      const loss = writer === 'a' ? { hasLoss: true as const } : {}
      await record.add(written.map((file) => ({ ...lineOf(keyOfSeries(), file, written.length), ...loss })))
      await record.close({ outcome: 'complete' })
    }
    const destination = place.destinationOf()
    await destination.open()
    await mergeRecords(destination, { keepError: () => true, summarize: () => ({ outcome: 'complete' }) })
    await using merged = await open(destination)
    expect(merged.completed(keyOfSeries(), stem)).toEqual({ checksum: 'verified' })
  })

  test('a merge keeps its lines, and counts instances by the files of series if there are no others', async () => {
    const destination = memoryDestination()
    const record = await open(destination, 'new')
    await write(destination, record)
    await record.close({ outcome: 'complete' })
    const merged = await mergeRecords(destination, {
      keepError: () => true,
      summarize: ({ instances: count }) => ({ outcome: 'complete', count }),
    })
    expect(merged).toMatchObject({ instances: 2, files: 2, frames: 2, lostFiles: 0, damagedLines: 0 })
    const again = await open(destination)
    expect(again.completed(keyOfSeries(), stem)).toEqual({ checksum: 'verified' })
    await again.close()
  })
})

/** Returns the same files and record without the lock, as after a kill. */
function afterKill(destination: ReturnType<typeof memoryDestination>): Destination {
  return { ...destination, record: { ...destination.record, lock: async () => ({ async release() {} }) } }
}
