import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { parseImageSetMetadata } from '@ahi-dicom/ahi-metadata'
import { dicomize } from '@ahi-dicom/dicomizer'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { bytesOf } from './instances.ts'
import { hasCommand, hasPydicom, hasShared, python, run, sharedFolder } from './tools.ts'

const path = 'ahi/image-set-metadata-ct-588.json'

describe.skipIf(!hasShared(path))('the metadata document of a CT of 588 instances', () => {
  const folder = mkdtempSync(join(tmpdir(), 'dicomizer-'))
  const document = new URL(path, sharedFolder)
  const files: string[] = []

  beforeAll(async () => {
    for (const instance of dicomize(parseImageSetMetadata(readFileSync(document)), { headerOnly: true })) {
      const file = join(folder, `${instance.sopInstanceUid}.dcm`)
      writeFileSync(file, await bytesOf(instance.part10()))
      files.push(file)
    }
  })

  afterAll(() => rmSync(folder, { recursive: true }))

  test.skipIf(!hasPydicom())('gives header-only the attributes that pydicom reads from the document', () => {
    expect(python('compare_metadata.py', [fileURLToPath(document), folder])).toEqual({
      instances: 588,
      attributes: 29_986,
      fileMeta: 3 * 588,
      differences: [],
    })
  })

  test.skipIf(!hasCommand('dcmdump'))('is read by dcmdump without complaint', () => {
    const { status, output } = run('dcmdump', files.slice(0, 50))
    expect(status).toBe(0)
    expect(output).not.toMatch(/^[EW]: /m)
  })

  test.skipIf(!hasCommand('gdcmdump'))('is read by gdcmdump without complaint', () => {
    const { status, output } = run('gdcmdump', [files[0] ?? ''])
    expect(status).toBe(0)
    expect(output).not.toMatch(/error|warning/i)
  })

  test.skipIf(!hasCommand('dciodvfy', []))('has no error of encoding for dciodvfy', () => {
    const { output } = run('dciodvfy', [files[0] ?? ''])
    const errors = output.split('\n').filter((line) => line.startsWith('Error'))
    // The study itself lacks these. Pixel Data is missing from header-only files.
    const ofTheStudy = /Laterality|PixelData|RescaleType|KVP|AcquisitionNumber/
    expect(errors.filter((line) => !ofTheStudy.test(line))).toEqual([])
  })
})
