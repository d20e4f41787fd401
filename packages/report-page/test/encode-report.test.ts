import { readFileSync } from 'node:fs'
import { hash } from 'node:crypto'
import { encodeReport, pageMark, type ReportPageOptions } from '@ahi-dicom/report-page'
import { PNG } from 'pngjs'
import { describe, expect, test, vi } from 'vitest'
import { bundleBrowser } from '../scripts/bundle-browser.ts'
import { dicomFile, exportDouble, type FileDouble } from './export-double.ts'
import { blocksOf, pageOf, type PageBlocks } from './read-page.ts'

const uid = '1.2.840.1.2.3'

function fileOf(number: number, more: Partial<FileDouble> = {}): FileDouble {
  const sop = `${uid}.${number}`
  return { sop, path: `${uid}/${uid}.1/${sop}.dcm`, bytes: () => dicomFile({ SOPInstanceUID: sop }), ...more }
}

async function blocks(files: readonly FileDouble[], options: Partial<ReportPageOptions> = {}): Promise<PageBlocks> {
  return blocksOf(await pageOf({ destination: await exportDouble({ files }), linkBase: '', ...options }))
}

test('a page has series with their instances, files and thumbnails', async () => {
  const png = { ...fileOf(2), format: 'png', frame: 0, path: `${uid}/${uid}.1/${uid}.2-0001.png` }
  const other = fileOf(4, { study: '1.2.9', series: '1.2.9.1' })
  const { series, instances, facts } = await blocks([fileOf(1), fileOf(2), fileOf(3), png, other])
  expect(series).toMatchObject([
    { study: '1.2.3', series: '1.2.3.4', modality: 'OT', instances: 3, files: 4, bytes: 4000 },
    { study: '1.2.9', series: '1.2.9.1', modality: 'OT', instances: 1, files: 1, bytes: 1000 },
  ])
  const sha256 = 'ab'.repeat(32)
  const path = (number: number): string => `${uid}/${uid}.1/${uid}.${number}.dcm`
  expect(instances[0]).toEqual([
    [`${uid}.1`, 1, 'verified', [[path(1), path(1), 'dcm', 1000, sha256, -1]]],
    [
      `${uid}.2`,
      1,
      'verified',
      [
        [path(2), path(2), 'dcm', 1000, sha256, -1],
        [png.path, png.path, 'png', 1000, sha256, 0],
      ],
    ],
    [`${uid}.3`, 1, 'verified', [[path(3), path(3), 'dcm', 1000, sha256, -1]]],
  ])
  expect(Object.fromEntries(facts)).toMatchObject({
    Studies: '2',
    Series: '2',
    Instances: '4',
    Files: '5',
    Bytes: '5,000',
  })
  const thumbnail = PNG.sync.read(Buffer.from(series[0]?.thumbnail.split(',')[1] ?? '', 'base64'))
  expect([thumbnail.width, thumbnail.height]).toEqual([96, 48])
  // 240 columns with values from 0 to 239, the mean of each 2 or 3.
  expect(
    [thumbnail.data[0], thumbnail.data[95 * 4]].map((value = 0) => Math.abs(value - 0) < 4 || value > 235),
  ).toEqual([true, true])
})

test('a runtime without SQLite makes the same page', async () => {
  const files = [fileOf(2), fileOf(1, { study: '1.2.9', series: '1.2.9.1' }), fileOf(1), fileOf(3)]
  const destination = await exportDouble({ files: [...files, fileOf(2, { format: 'png', path: 'p.png' })] })
  const page = await pageOf({ destination })
  const builtin = vi.spyOn(process, 'getBuiltinModule').mockImplementation(() => undefined)
  try {
    expect(await pageOf({ destination })).toBe(page)
    expect(builtin).toHaveBeenCalledWith('node:sqlite')
  } finally {
    builtin.mockRestore()
  }
})

describe('patient data', () => {
  const attributes = {
    PatientName: 'Doe^Jane',
    PatientID: 'P-7',
    StudyDate: '20200131',
    SeriesDescription: 'Head',
    StudyDescription: 'Why',
  }
  const files = [fileOf(1, { path: 'Doe^Jane/P-7.dcm', bytes: () => dicomFile(attributes) })]

  test('is not in the page, neither as attribute nor in a path', async () => {
    const destination = await exportDouble({ files })
    const page = await pageOf({ destination, linkBase: '' })
    for (const text of ['Doe', 'P-7', '20200131', 'Head', 'Why']) expect(page).not.toContain(text)
    const { instances, notes } = blocksOf(page)
    expect(instances[0]?.[0]?.[3][0]).toEqual(['', '*/*.dcm', 'dcm', 1000, 'ab'.repeat(32), -1])
    expect(notes.join(' ')).toContain('Paths of 1 files may name patients')
  })

  test('is there if it is asked for', async () => {
    const { series, instances } = await blocks(files, { withPatientData: true, linkBase: '../a%20b/' })
    expect(series[0]).toMatchObject({
      description: 'Head',
      ofStudy: [
        ['Patient', 'Doe^Jane'],
        ['Patient ID', 'P-7'],
        ['Study date', '20200131'],
        ['Study description', 'Why'],
      ],
    })
    expect(instances[0]?.[0]?.[3][0]?.slice(0, 2)).toEqual(['../a%20b/Doe%5EJane/P-7.dcm', 'Doe^Jane/P-7.dcm'])
  })

  test('burned into pixels is not shown', async () => {
    const burned = [fileOf(1, { bytes: () => dicomFile({ BurnedInAnnotation: 'YES' }) })]
    expect((await blocks(burned)).series[0]?.thumbnail).toBe('')
    expect((await blocks(burned, { withPatientData: true })).series[0]?.thumbnail).not.toBe('')
  })
})

test('PNGs alone give thumbnails', async () => {
  const picture = PNG.sync.write(
    Object.assign(new PNG({ width: 200, height: 100 }), { data: Buffer.alloc(80_000, 128) }),
  )
  const { series } = await blocks([fileOf(1, { format: 'png', path: `${uid}.png`, bytes: () => picture })])
  const thumbnail = PNG.sync.read(Buffer.from(series[0]?.thumbnail.split(',')[1] ?? '', 'base64'))
  expect([thumbnail.width, thumbnail.height, thumbnail.data[0]]).toEqual([96, 48, 128])
})

test('series of other formats alone are said to have no thumbnails, not to be unread', async () => {
  const counts = vi.fn()
  const jpeg = fileOf(1, { format: 'jpg', path: `${uid}.jpg` })
  const { series, notes } = await blocks([jpeg], { onSeries: ({ unread }) => counts(unread) })
  expect(series).toMatchObject([{ thumbnail: '', modality: '' }])
  expect(counts.mock.calls).toEqual([[0]])
  expect(notes.join(' ')).toContain('1 series have neither of these files')
  expect(notes.join(' ')).not.toContain('could not be read')
})

test.each([
  ['is not there', undefined],
  ['is cut short', () => dicomFile().subarray(0, 300)],
  ['is something else', () => Buffer.from('hello')],
])('a file that %s leaves its series without thumbnail', async (_, bytes) => {
  const { bytes: _bytes, ...file } = fileOf(1)
  const { series, notes } = await blocks([bytes === undefined ? file : { ...file, bytes }])
  expect(series).toMatchObject([{ thumbnail: '', modality: '', instances: 1 }])
  expect(notes.join(' ')).toContain('could not be read for 1 series')
})

test('a file that is too large has attributes and no thumbnail', async () => {
  const large = fileOf(1, { bytes: () => dicomFile() })
  const { series } = await blocks([large], { mostFileBytes: 2000 })
  expect(series).toMatchObject([{ thumbnail: '', modality: 'OT' }])
})

test('thumbnails end when their room is used up', async () => {
  const files = ['1.2.3.1', '1.2.3.2'].map((series, index) => fileOf(index, { series, path: `${series}.dcm` }))
  const { series } = await blocks(files, { mostThumbnailBytes: 1 })
  expect(series.map(({ thumbnail }) => thumbnail !== '')).toEqual([true, false])
})

test('failures and warnings are named', async () => {
  const key = {
    datastoreId: '1',
    imageSetId: 'i',
    versionId: '1',
    studyInstanceUid: '1.2.3',
    seriesInstanceUid: '1.2.3.4',
    sopInstanceUid: uid,
  }
  const failure = { ...key, code: 'FRAME_MISSING', message: 'the frame is gone', retryable: true }
  const warning = { ...key, code: 'PIXELS_CHANGED', message: 'look', tag: '00280010', instances: 3 } as const
  const destination = await exportDouble({
    files: [fileOf(1)],
    failures: [failure],
    warnings: [{ ...warning, code: 'PICTURE_ATTRIBUTE_INVALID' }],
  })
  const { failures, warnings, series } = blocksOf(await pageOf({ destination }))
  expect(series[0]?.failures).toBe(1)
  expect(failures).toEqual([
    [
      'FRAME_MISSING',
      'the frame is gone',
      [
        ['Study', '1.2.3'],
        ['Series', '1.2.3.4'],
        ['SOP instance', uid],
        ['Image set', 'i'],
        ['Running again', 'may succeed'],
      ],
    ],
  ])
  expect(warnings[0]?.[2]).toContainEqual(['Attribute', '00280010'])
})

test('the page runs its own script alone, and loads nothing', async () => {
  const page = await pageOf({ destination: await exportDouble({ files: [fileOf(1)] }) })
  const script = /<script>([^]*?)<\/script>/.exec(page)?.[1] ?? ''
  const style = /<style>([^]*?)<\/style>/.exec(page)?.[1] ?? ''
  expect(page).toContain(pageMark)
  expect(page).toContain(
    `script-src 'sha256-${hash('sha256', script, 'base64')}'; style-src 'sha256-${hash('sha256', style, 'base64')}'`,
  )
  expect(page).toContain("default-src 'none'")
  expect(page.match(/<script>/g)).toHaveLength(1)
  expect(page).not.toMatch(/https?:\/\//)
})

test('the script in the package is that of its sources', async () => {
  expect(readFileSync(new URL('../src/page/browser.generated.ts', import.meta.url), 'utf8')).toBe(await bundleBrowser())
})

test('an option out of its range is refused', async () => {
  const destination = await exportDouble({ files: [] })
  await expect(encodeReport({ destination, thumbnailSize: 0 }).next()).rejects.toThrow(RangeError)
})

test('a damaged record is named', async () => {
  const destination = await exportDouble({ files: [fileOf(1)] })
  expect(blocksOf(await pageOf({ destination })).notes.join(' ')).not.toContain('damaged')
  await destination.record.write('manifest.ndjson', Buffer.from('no JSON\n'))
  expect(blocksOf(await pageOf({ destination })).notes.join(' ')).toContain('The record is damaged')
})

test('no record, no page', async () => {
  const destination = await exportDouble({ files: [] })
  await destination.record.remove('manifest.ndjson')
  await destination.record.remove('summary.json')
  await destination.record.remove('export.json')
  await destination.record.remove('flushed.json')
  await expect(encodeReport({ destination }).next()).rejects.toMatchObject({ code: 'OUTPUT_NO_MANIFEST' })
})
