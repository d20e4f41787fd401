import { expect, test } from 'vitest'
import * as exportFiles from '@ahi-dicom/export-files'
import { isSeriesFormat } from '@ahi-dicom/export-files'
import { createFormat } from '@ahi-dicom/export-files/lane'

test('exports what the README names', () => {
  expect(Object.keys(exportFiles).sort()).toEqual([
    'LayoutError',
    'OutputError',
    'PictureEncodingError',
    'SeriesFileError',
    'SharpError',
    'ZarritaError',
    'animationNames',
    'checkUse',
    'contactSheetFormat',
    'countFinishedInstances',
    'countRecordedInstances',
    'createFormats',
    'createKeyMap',
    'createKeySet',
    'createSeriesAnimations',
    'dcmFormat',
    'defaultLayout',
    'defaultSeriesLayout',
    'describeFormats',
    'dicomdirPath',
    'directoryEntry',
    'filePath',
    'formatNames',
    'gifFormat',
    'gifSeriesFormat',
    'gzippedNiftiFormat',
    'heldTokens',
    'instancesDigest',
    'isInstanceFormat',
    'isSeriesFormat',
    'joinMasks',
    'jpgFormat',
    'lessVerified',
    'maskPath',
    'maskedPath',
    'mediaLayout',
    'memoryRecord',
    'mergeRecords',
    'missingKeys',
    'msUntilGone',
    'niftiFormat',
    'npzFormat',
    'openRecord',
    'openTemporaryDatabase',
    'pageName',
    'parseHolder',
    'parseLayout',
    'parseSeriesLayout',
    'pngFormat',
    'readAhead',
    'readDescription',
    'readExport',
    'recordNames',
    'sealed',
    'sealedText',
    'selectFrames',
    'stagedName',
    'stagingFolder',
    'thisHolder',
    'verifyExport',
    'waitForLock',
    'webpFormat',
    'webpSeriesFormat',
    'writeInstanceFiles',
    'writeSeriesFiles',
    'writeTemporary',
    'zarrFormat',
  ])
})

test('formats of series can be created in another thread', () => {
  const volumes = { gaps: 'fill', values: 'real-world' } as const
  const names = ['zarr', 'npz', 'nii.gz', 'nii'] as const
  const formats = exportFiles.createFormats(names, { nii: volumes, 'nii.gz': volumes, npz: volumes, zarr: volumes })
  expect(formats.map(({ name }) => name)).toEqual(['nii', 'nii.gz', 'npz', 'zarr'])
  for (const { name, settings, lane } of formats) {
    const options: Parameters<typeof createFormat>[0] = JSON.parse(JSON.stringify(lane?.options))
    expect(createFormat(options)).toMatchObject({ scope: 'series', name, settings, lane })
    expect(settings).toMatchObject(volumes)
  }
})

test('formats can be created in another thread', () => {
  const formats = exportFiles.createFormats(['png', 'dcm'], { png: { bits: 16, frames: [2] } })
  expect(formats.map(({ name }) => name)).toEqual(['dcm', 'png'])
  for (const { lane, ...format } of formats) {
    const options: Parameters<typeof createFormat>[0] = JSON.parse(JSON.stringify(lane?.options))
    const again = createFormat(options)
    expect(again).toMatchObject({ name: format.name, mediaType: format.mediaType, readsPixels: format.readsPixels })
    expect(isSeriesFormat(again) ? undefined : again.frames?.includes(2)).toBe(format.frames?.includes(2))
    expect(again.lane).toEqual(lane)
  }
})
