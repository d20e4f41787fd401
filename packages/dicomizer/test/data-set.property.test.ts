import { parseImageSetMetadata, serializeImageSetMetadata, type AttributeMap } from '@ahi-dicom/ahi-metadata'
import { encodePart10 } from '@ahi-dicom/dicomizer'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'

import { arbitraryDataSet } from './arbitrary-data-set.ts'
import { ctImageStorage, imageMetadata } from './instances.ts'
import { readBack } from './read-back.ts'
import { hasPydicom } from './tools.ts'

const seed = Number(process.env['FAST_CHECK_SEED'] ?? Date.now() % 2 ** 31)

test.skipIf(!hasPydicom())(
  'any data set of the dictionary is read back by pydicom as it went in',
  { timeout: 120_000 },
  () => {
    const dataSets = fc.sample(fc.tuple(arbitraryDataSet(), fc.nat(1)), { numRuns: 200, seed })
    const files = readBack(
      dataSets.map(([{ attributes, vrs }, PixelRepresentation]) =>
        encodePart10({
          attributes: throughDocument({
            ...attributes,
            SOPClassUID: ctImageStorage,
            SOPInstanceUID: '1.2.3',
            PixelRepresentation,
          }),
          vrs,
          onNotice: ({ code }) => expect(code).toBe('CHARACTER_SET_CHANGED'),
        }),
      ),
    )
    for (const [index, [{ expected }, pixelRepresentation]] of dataSets.entries()) {
      const {
        '00080005': _characterSet,
        '00080016': _class,
        '00080018': _instance,
        '00280103': _sign,
        ...others
      } = files[index]?.dataSet ?? {}
      expect(others, `data set ${index} of seed ${seed}`).toEqual(expected(pixelRepresentation))
    }
  },
)

/** Returns attributes after writing and reading a metadata document. */
function throughDocument(attributes: AttributeMap): AttributeMap {
  const document = imageMetadata([])
  return parseImageSetMetadata(serializeImageSetMetadata({ ...document, Patient: { DICOM: attributes } })).Patient.DICOM
}
