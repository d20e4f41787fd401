import { storageSopClassUid } from '@ahi-dicom/dicom-standard/sop-classes'
import { describe, expect, test } from 'vitest'
import { hasPydicom, python } from './tools.ts'

/** PS3.6 Table A-1. */
test.each([
  ['CTImageStorage', '1.2.840.10008.5.1.4.1.1.2'],
  ['CT Image Storage', '1.2.840.10008.5.1.4.1.1.2'],
  ['ct image storage', '1.2.840.10008.5.1.4.1.1.2'],
  ['Ultrasound Multi-frame Image Storage', '1.2.840.10008.5.1.4.1.1.3.1'],
  ['TwelveLeadECGWaveformStorage', '1.2.840.10008.5.1.4.1.1.9.1.1'],
  ['CTImage', undefined],
  ['', undefined],
  ['constructor', undefined],
])('%j is %s', (name, uid) => {
  expect(storageSopClassUid(name)).toBe(uid)
})

describe.skipIf(!hasPydicom())('against pydicom', () => {
  test('each class is found by its keyword', () => {
    const rows = python('dump_sop_classes.py', [])
    expect(Array.isArray(rows) && rows.length).toBeGreaterThan(200)
    const missing = (Array.isArray(rows) ? rows : []).filter((row: unknown) => {
      const [uid, keyword] = Array.isArray(row) ? row : []
      return storageSopClassUid(String(keyword)) !== uid
    })
    expect(missing).toEqual([])
  })
})
