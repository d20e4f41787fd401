import { parseImageSetMetadata, type AttributeMap } from '@ahi-dicom/ahi-metadata'
import { dicomize, encodePart10, MetadataError } from '@ahi-dicom/dicomizer'
import { describe, expect, test } from 'vitest'

import { bytesOf, ctImageStorage, imageMetadata } from './instances.ts'
import { hasPydicom, python } from './tools.ts'

/** Returns ContentSequence in ContentSequence, with other attributes of `itemOf` in each item. */
function nested(depth: number, itemOf: () => AttributeMap = () => ({})): AttributeMap {
  let attributes: AttributeMap = { ValueType: 'TEXT' }
  for (let level = 0; level < depth; level++) attributes = { ...itemOf(), ContentSequence: [attributes] }
  return attributes
}

function fileOf(attributes: AttributeMap): Uint8Array {
  return encodePart10({ attributes: { ...attributes, SOPClassUID: ctImageStorage, SOPInstanceUID: '1.2.3' } })
}

const named = (): AttributeMap => ({ SpecificCharacterSet: ['ISO_IR 100'], TextValue: 'é', ValueType: 'TEXT' })
const unfit = (): AttributeMap => ({ SpecificCharacterSet: ['ISO_IR 100'], PatientComments: 'é', TextValue: '山' })

describe('sequences in sequences', () => {
  test.skipIf(!hasPydicom()).each([
    ['1000 levels', nested(1000)],
    ['1000 levels of private blocks', nested(1000, () => ({ '00410010': 'MAKER', '00411001': 'AAE=' }))],
    ['1000 levels with character sets of their own', nested(1000, named)],
    ['1000 levels whose text fits none of their character sets', nested(1000, unfit)],
  ])('of %s are read by pydicom', (_title, attributes) => {
    expect(python('nesting_depth.py', [], Buffer.from(fileOf(attributes)).toString('base64'))).toBe(1000)
  })

  test('too deep for readers are a MetadataError', () => {
    expect(() => fileOf(nested(1100))).toThrow(MetadataError)
    expect(() => fileOf(nested(1100))).toThrow(expect.objectContaining({ tag: '0040A730' }))
    expect(() => fileOf(nested(20_000))).toThrow(MetadataError)
  })

  test('too deep for the stack are a MetadataError', async () => {
    const arrays = `${'['.repeat(100_000)}${']'.repeat(100_000)}`
    const items = `${'[{"ContentSequence":'.repeat(100_000)}null${'}]'.repeat(100_000)}`
    for (const value of [arrays, items]) {
      const text = JSON.stringify(imageMetadata([], { ContentSequence: 'HERE' })).replace('"HERE"', value)
      const [instance] = dicomize(parseImageSetMetadata(text, { maxDepth: 1_000_000 }))
      await expect(instance === undefined ? undefined : bytesOf(instance.part10())).rejects.toThrow(MetadataError)
    }
  })
})

test('nested items do not try every combination of character sets', () => {
  // The text that does not fit is after the items, so every data set finds it last.
  const attributes = nested(200, () => ({ SpecificCharacterSet: ['ISO-IR 100'], OverlayDescription: '山' }))
  const file = Buffer.from(fileOf(attributes))
  expect(file.toString('latin1').split('ISO_IR 192').length).toBe(201)
})
