import type { AttributeMap, JsonValue } from '@ahi-dicom/ahi-metadata'
import { encodePart10, MetadataError } from '@ahi-dicom/dicomizer'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'

import { elementRows } from '../../dicom-standard/src/dictionary/dictionary.generated.ts'
import { ctImageStorage } from './instances.ts'

const keywords = elementRows
  .split('\n')
  .map((row) => row.slice(11, row.indexOf(' ')))
  .filter((keyword) => keyword !== '')
const keys = fc.oneof(fc.constantFrom(...keywords), fc.stringMatching(/^[0-9A-F]{8}$/), fc.string())

const { value: anyValue } = fc.letrec<{ value: JsonValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom<JsonValue>(null, '', [], {}, 'AAE=', 'ISO_IR 100', -0, 2 ** 53, 'constructor', '\ud800'),
    fc.integer(),
    fc.double(),
    fc.boolean(),
    fc.bigInt({ min: -(2n ** 65n), max: 2n ** 65n }),
    fc.string({ unit: 'binary' }),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(keys, tie('value'), { maxKeys: 4 }),
  ),
}))

test('any value of any attribute makes a file or a MetadataError', () => {
  fc.assert(
    fc.property(
      fc.dictionary(keys, anyValue, { maxKeys: 4 }),
      fc.dictionary(fc.stringMatching(/^[0-9A-F]{8}$/), fc.string()),
      (attributes, vrs) => {
        const outcome = outcomeOf({ SOPClassUID: ctImageStorage, SOPInstanceUID: '1.2.3', ...attributes }, vrs)
        expect(outcome instanceof Uint8Array || outcome instanceof MetadataError).toBe(true)
      },
    ),
    { numRuns: 3000 },
  )
})

function outcomeOf(attributes: AttributeMap, vrs: Readonly<Record<string, string>>): unknown {
  try {
    return encodePart10({ attributes, vrs })
  } catch (error) {
    return error
  }
}

test('a UID that is not text makes a MetadataError that names its tag', () => {
  const attributes = { SOPClassUID: ctImageStorage, SOPInstanceUID: { A0AAA000: null } }
  expect(outcomeOf(attributes, {})).toMatchObject({ name: 'MetadataError', tag: '00080018' })
})
