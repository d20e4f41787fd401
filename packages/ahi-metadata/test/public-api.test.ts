import * as ahiMetadata from '@ahi-dicom/ahi-metadata'
import { expect, test } from 'vitest'

test('exports only these names', () => {
  expect(Object.keys(ahiMetadata).toSorted()).toEqual([
    'MetadataDocumentError',
    'attributeLevel',
    'encodeAttributeValue',
    'frameChecksum',
    'fullResolutionChecksum',
    'imageSetInstances',
    'levelChecksums',
    'parseImageSetMetadata',
    'printable',
    'printableJson',
    'resolveDocumentLimits',
    'serializeImageSetMetadata',
    'stringifyJson',
  ])
})
