import { encodePart10 } from '@ahi-dicom/dicomizer'
import { expect, test } from 'vitest'

import { imageInstance } from './instances.ts'

/** Philips ultrasound files use one private tag for text, and also for a sequence inside an item of another. */
test('a private value that does not fit the VR in the document gets another VR', () => {
  const { attributes } = imageInstance([], {
    attributes: {
      '200D0010': 'Philips US Imaging DD 109',
      '200D1001': 'text',
      '200D1002': 5,
      '200D110D': [
        {
          '200D0010': 'Philips US Imaging DD 109',
          '200D1001': [{ '200D1002': 'TRUE', '200D1004': [-1, 2] }],
          '200D1004': 7,
        },
      ],
    },
    instance: { DICOMVRs: { '200D1001': 'LO', '200D1002': 'UL', '200D1004': 'UL', '200D110D': 'SQ' } },
  })
  const [outer] = attributes.items('200D110D')
  const [inner] = outer?.items('200D1001') ?? []
  expect(attributes.string('200D1001')).toBe('text')
  expect(attributes.number('200D1002')).toBe(5)
  expect(inner?.string('200D1002')).toBe('TRUE')
  expect(inner?.numbers('200D1004')).toEqual([-1, 2])
  expect(outer?.number('200D1004')).toBe(7)
})

test('a number with a text VR stays a number, except in DS', () => {
  const { attributes } = imageInstance([], {
    attributes: {
      '00190010': 'ACME',
      '00191001': 'text',
      '00191002': 1.25,
      '00191102': [{ '00190010': 'OTHER', '00191001': 3.5 }],
    },
    instance: { DICOMVRs: { '00191001': 'LO', '00191002': 'DS', '00191102': 'SQ' } },
  })
  expect(attributes.string('00191001')).toBe('text')
  expect(attributes.string('00191002')).toBe('1.25')
  expect(attributes.items('00191102')[0]?.number('00191001')).toBe(3.5)
})

test('a number with a text VR is written as FD', () => {
  const file = encodePart10({
    attributes: {
      SOPClassUID: '1.2.840.10008.5.1.4.1.1.7',
      SOPInstanceUID: '2.25.1',
      '00190010': 'ACME',
      '00191001': 3.5,
    },
    vrs: { '00191001': 'LO' },
  })
  // (0019,1001) FD of 8 bytes, little endian: 3.5 is 400C000000000000 (IEEE 754).
  expect(Buffer.from(file).toString('hex')).toContain('19000110464408000000000000000c40')
})
