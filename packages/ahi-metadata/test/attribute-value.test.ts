import { encodeAttributeValue } from '@ahi-dicom/ahi-metadata'
import { describe, expect, test } from 'vitest'
import type { AttributeElement, JsonValue } from '@ahi-dicom/ahi-metadata'

/** Elements and their values in real documents (CT of 2023, ultrasound of 2023, CT of 2025). */
const REAL_VALUES: readonly (readonly [string, AttributeElement, JsonValue])[] = [
  ['InstanceNumber', { vr: 'IS', vm: '1', values: ['226'] }, '226'],
  ['WindowWidth', { vr: 'DS', vm: '1-n', values: ['2522'] }, ['2522']],
  ['PixelSpacing', { vr: 'DS', vm: '2', values: ['0.685546875', '0.685546875'] }, ['0.685546875', '0.685546875']],
  [
    'ImageType',
    { vr: 'CS', vm: '2-n', values: ['ORIGINAL', 'PRIMARY', '', '0015'] },
    ['ORIGINAL', 'PRIMARY', '', '0015'],
  ],
  ['PatientName', { vr: 'PN', vm: '1', values: ['MAYRA^POETA '] }, 'MAYRA^POETA'],
  ['SOPClassUID', { vr: 'UI', vm: '1', values: ['1.2.840.10008.5.1.4.1.1.2\0'] }, '1.2.840.10008.5.1.4.1.1.2'],
  ['Rows', { vr: 'US', vm: '1', values: [512] }, 512],
  ['PhysicalDeltaX', { vr: 'FD', vm: '1', values: [1] }, 1],
  ['FrameIncrementPointer', { vr: 'AT', vm: '1-n', values: [0x00181065] }, ['00181065']],
  ['FileMetaInformationVersion', { vr: 'OB', vm: '1', values: [Uint8Array.of(0, 1)] }, 'AAE='],
  ['a private UN', { vr: 'UN', values: [Uint8Array.of(0x30, 0x20)] }, 'MCA='],
  ['an empty private UN', { vr: 'UN', values: [] }, ''],
  ['a private creator', { vr: 'LO', values: ['ACUSON:1.2.840.113680.1.0'] }, 'ACUSON:1.2.840.113680.1.0'],
  ['SpecificCharacterSet', { vr: 'CS', vm: '1-n', values: ['ISO-IR 100'] }, ['ISO-IR 100']],
]

test.each(REAL_VALUES)('%s is encoded as in a real document', (_name, element, value) => {
  expect(encodeAttributeValue(element)).toEqual(value)
})

describe('the padding of DS and IS', () => {
  test('is kept, as in documents of 2025', () => {
    expect(encodeAttributeValue({ vr: 'DS', vm: '1', values: ['-1000 '] })).toBe('-1000 ')
    expect(encodeAttributeValue({ vr: 'CS', vm: '1', values: ['YES '] })).toBe('YES')
  })

  test('is trimmed, as in documents of 2023', () => {
    expect(encodeAttributeValue({ vr: 'DS', vm: '1', values: [' 1'] }, { form: '2023' })).toBe('1')
    expect(encodeAttributeValue({ vr: 'LO', vm: '1', values: ['2178309 '] }, { form: '2023' })).toBe('2178309')
  })
})

describe('empty elements', () => {
  test.each([
    ['DS', '3'],
    ['LO', '1'],
    ['SQ', '1'],
    ['OB', '1'],
    ['UN', '1'],
    ['SL', '1'],
  ])('of VR %s and VM %s are null', (vr, vm) => {
    expect(encodeAttributeValue({ vr, vm, values: [] })).toBeNull()
  })

  test('include elements of padding only', () => {
    expect(encodeAttributeValue({ vr: 'DS', vm: '1-n', values: ['  '] })).toBeNull()
    expect(encodeAttributeValue({ vr: 'LO', values: [''] })).toBeNull()
  })
})

test('several values despite a VM of 1 become an array', () => {
  expect(encodeAttributeValue({ vr: 'LO', vm: '1', values: ['a', 'b'] })).toEqual(['a', 'b'])
})

test('sequences are arrays of their items', () => {
  const item = { ReferencedSOPClassUID: '1.2' }
  expect(encodeAttributeValue({ vr: 'SQ', vm: '1', values: [item] })).toEqual([item])
})

test('64-bit integers are bigint only if a double cannot hold them', () => {
  expect(encodeAttributeValue({ vr: 'UV', vm: '1-n', values: [5n, 2n ** 64n - 1n] })).toEqual([5, 2n ** 64n - 1n])
})

test('NaN and infinite floats become text', () => {
  expect(encodeAttributeValue({ vr: 'FD', vm: '1-n', values: [NaN, -Infinity, -0] })).toEqual(['NaN', '-Infinity', -0])
})

test('leading spaces of free text stay', () => {
  expect(encodeAttributeValue({ vr: 'LT', vm: '1', values: ['  indented \r\n '] })).toBe('  indented \r\n')
})

test.each([
  ['US', 'x'],
  ['US', 1.5],
  ['FD', '1'],
  ['AT', 'PatientName'],
  ['OB', 'AAE='],
  ['LO', Uint8Array.of(1)],
  ['SQ', 'x'],
])('VR %s refuses the value %o', (vr, value) => {
  expect(() => encodeAttributeValue({ vr, vm: '1', values: [value] })).toThrow(TypeError)
})
