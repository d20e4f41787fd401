import { expect, test } from 'vitest'

import { imageInstance } from './instances.ts'

/** Philips ultrasound files use one private tag for a text here and for a sequence inside an item of another. */
test('a private tag whose one VR in the document cannot hold its value takes one that can', () => {
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
