import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

import * as dicomizer from '@ahi-dicom/dicomizer'
import * as dictionary from '@ahi-dicom/dicomizer/dictionary'
import { expect, test } from 'vitest'

import { implementationVersionName } from '../src/part10/version.ts'

test('exports what it documents', () => {
  expect(Object.keys(dicomizer).sort()).toMatchInlineSnapshot(`
    [
      "FrameChecksumError",
      "FrameDecodeError",
      "FrameMismatchError",
      "FrameMissingError",
      "FrameSizeError",
      "InstanceFileError",
      "InstanceTooLargeError",
      "MetadataError",
      "UnsupportedTransferSyntaxError",
      "dicomJson",
      "dicomize",
      "encodePart10",
      "encodePart10Envelope",
      "storedSyntax",
    ]
  `)
  expect(Object.keys(dictionary).sort()).toMatchInlineSnapshot(`
    [
      "lookUpKeyword",
      "lookUpTag",
    ]
  `)
})

test('names its release in group 2', () => {
  const manifest: { version: string } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))
  expect(implementationVersionName).toBe(`AHI_DICOM_${manifest.version.split('.').slice(0, 2).join('.')}`)
  expect(implementationVersionName.length).toBeLessThanOrEqual(16)
})

test('the generated dictionary is what its script generates', () => {
  const generated = new URL('../src/dictionary.generated.ts', import.meta.url)
  const before = readFileSync(generated, 'utf8')
  const script = new URL('../scripts/generate-dictionary.ts', import.meta.url)
  const { stdout, status } = spawnSync(process.execPath, [script.pathname, '--print'], { maxBuffer: 1 << 24 })
  expect(status).toBe(0)
  expect(stdout.toString() === before).toBe(true)
})
