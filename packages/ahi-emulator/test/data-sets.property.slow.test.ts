import { mkdtempSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import {
  parseImageSetMetadata,
  serializeImageSetMetadata,
  type AttributeMap,
  type ImageSetMetadata,
} from '@ahi-dicom/ahi-metadata'
import { encodePart10, type InstanceNotice } from '@ahi-dicom/dicomizer'
import { readPart10 } from '@ahi-dicom/dicom-standard/reader'
import { expect, test } from 'vitest'

import { encodeDataSet, type DocumentForm } from '../src/document/encode-data-set.ts'
import { hasPython, runPython } from './support/tools.ts'

const seed = Number(process.env['FAST_CHECK_SEED'] ?? Date.now() % 2 ** 31)

test.skipIf(!hasPython('pydicom')).each<DocumentForm>(['2023', '2025'])(
  'restores any data set from a document of %s, as pydicom reads the original',
  { timeout: 120_000 },
  async (form) => {
    const work = mkdtempSync(join(tmpdir(), 'ahi-emulator-test-'))
    try {
      const [originals, written] = [join(work, 'originals'), join(work, 'written')]
      mkdirSync(originals)
      mkdirSync(written)
      await runPython('data_sets.py', { args: ['write', String(seed), '150', originals] })
      for (const name of readdirSync(originals)) {
        const { file, notices } = throughDocument(readFileSync(join(originals, name)), form)
        expect(notices, `${name} of seed ${seed}`).toEqual([])
        writeFileSync(join(written, name), file)
      }
      expect(await runPython('data_sets.py', { args: ['compare', originals, written] }), `seed ${seed}`).toEqual({
        files: 150,
        differences: [],
      })
    } finally {
      rmSync(work, { recursive: true })
    }
  },
)

test('restores sequences nested 500 levels deep', () => {
  let attributes: AttributeMap = { ValueType: 'TEXT' }
  for (let level = 0; level < 500; level++) attributes = { ContentSequence: [attributes] }
  const original = encodePart10({ attributes: { ...attributes, SOPClassUID: '1.2.3', SOPInstanceUID: '1.2.3' } })
  expect(Buffer.from(throughDocument(original, '2025').file).equals(original)).toBe(true)
})

test('restores an element of an unknown VR as UN, with its bytes', () => {
  const original = Buffer.from(
    encodePart10({
      attributes: { SOPClassUID: '1.2.3', SOPInstanceUID: '1.2.3', '00091001': 'QUJDRA==' },
      vrs: { '00091001': 'OB' },
    }),
  )
  const element = Buffer.from('\x09\x00\x01\x10OB\0\0\x04\0\0\0ABCD', 'latin1')
  original.write('XX', original.indexOf(element) + 4, 'latin1')
  const { file } = throughDocument(original, '2025')
  expect(Buffer.from(file).includes(Buffer.from('\x09\x00\x01\x10UN\0\0\x04\0\0\0ABCD', 'latin1'))).toBe(true)
})

function throughDocument(
  original: Uint8Array,
  form: DocumentForm,
): { readonly file: Uint8Array; readonly notices: readonly InstanceNotice[] } {
  const { attributes, vrs } = encodeDataSet(readPart10(original).dataSet, { form })
  const text = serializeImageSetMetadata(
    documentOf(Object.fromEntries(attributes.map(({ key, value }) => [key, value])), vrs),
  )
  const instance = parseImageSetMetadata(text).Study.Series['1.2']?.Instances['1.2.3']
  const notices: InstanceNotice[] = []
  const file = encodePart10({
    attributes: instance?.DICOM ?? {},
    vrs: instance?.DICOMVRs ?? {},
    onNotice: (notice) => notices.push(notice),
  })
  return { file, notices }
}

function documentOf(attributes: AttributeMap, vrs: Readonly<Record<string, string>>): ImageSetMetadata {
  const instance = { DICOM: attributes, DICOMVRs: { ...vrs }, ImageFrames: [] }
  return {
    SchemaVersion: '1.1',
    DatastoreID: '0123456789abcdef0123456789abcdef',
    ImageSetID: 'fedcba9876543210fedcba9876543210',
    Patient: { DICOM: {} },
    Study: { DICOM: {}, Series: { '1.2': { DICOM: {}, Instances: { '1.2.3': instance } } } },
  }
}
