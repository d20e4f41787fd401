import { expect, test } from 'vitest'
import * as exportFiles from '@ahi-dicom/export-files'
import { createFormat } from '@ahi-dicom/export-files/lane'

test('exports what the README names', () => {
  expect(Object.keys(exportFiles).sort()).toEqual([
    'LayoutError',
    'OutputError',
    'PictureEncodingError',
    'SeriesFileError',
    'SharpError',
    'checkUse',
    'countRecordedInstances',
    'createFormats',
    'createKeyMap',
    'createKeySet',
    'dcmFormat',
    'defaultLayout',
    'defaultSeriesLayout',
    'describeFormats',
    'dicomdirPath',
    'directoryEntry',
    'filePath',
    'formatNames',
    'gifFormat',
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
    'writeInstanceFiles',
    'writeSeriesFiles',
    'writeTemporary',
  ])
})

test('formats can be made again in another thread', () => {
  const formats = exportFiles.createFormats(['png', 'dcm'], { png: { bits: 16, frames: [2] } })
  expect(formats.map(({ name }) => name)).toEqual(['dcm', 'png'])
  for (const { lane, ...format } of formats) {
    const options: Parameters<typeof createFormat>[0] = JSON.parse(JSON.stringify(lane?.options))
    const again = createFormat(options)
    expect([again.name, again.mediaType, again.readsPixels]).toEqual([
      format.name,
      format.mediaType,
      format.readsPixels,
    ])
    expect(again.frames?.includes(2)).toBe(format.frames?.includes(2))
    expect(again.lane).toEqual(lane)
  }
})
