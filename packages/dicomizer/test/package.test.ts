import { readFileSync } from 'node:fs'

import * as dicomizer from '@ahi-dicom/dicomizer'
import { expect, test } from 'vitest'

import { implementationVersionName } from '../src/part10/version.ts'

test('exports exactly the documented functions', () => {
  expect(Object.keys(dicomizer).sort()).toMatchInlineSnapshot(`
    [
      "DcmjsMissingError",
      "FrameChecksumError",
      "FrameDecodeError",
      "FrameMismatchError",
      "FrameMissingError",
      "FrameSizeError",
      "InstanceFileError",
      "InstanceTooLargeError",
      "MetadataError",
      "UnsupportedTransferSyntaxError",
      "createFrameReader",
      "decodableTransferSyntaxes",
      "decodedPhotometric",
      "dicomJson",
      "dicomize",
      "dicomizeInstance",
      "encodeItem",
      "encodePart10",
      "encodePart10Envelope",
      "implementationClassUid",
      "implementationVersionName",
      "isOfSyntax",
      "losslessTransferSyntax",
      "storedPhotometric",
      "storedSyntax",
    ]
  `)
})

test('names its release in group 2', () => {
  const manifest: { version: string } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))
  expect(implementationVersionName).toBe(`AHI_DICOM_${manifest.version.split('.').slice(0, 2).join('.')}`)
  expect(implementationVersionName.length).toBeLessThanOrEqual(16)
})
