import { parseImageSetMetadata } from '@ahi-dicom/ahi-metadata'
import { expect, test } from 'vitest'

function valueOf(literal: string): unknown {
  const study = `{"DICOM":{"InstanceNumber":${literal}},"Series":{}}`
  const text = `{"SchemaVersion":"1.1","DatastoreID":"d","ImageSetID":"i","Patient":{"DICOM":{}},"Study":${study}}`
  return parseImageSetMetadata(text).Study.DICOM['InstanceNumber']
}

test.each(['1e999', '-1e999', '1E+400', '17.5e308', '9'.repeat(400), `${'9'.repeat(400)}.5`])(
  'a number beyond the range of a double stays text: %s',
  (literal) => {
    expect(valueOf(literal)).toBe(literal)
    expect(valueOf(`[1, ${literal}]`)).toEqual([1, literal])
  },
)

test('a number of millions of digits stays text', () => {
  const literal = '9'.repeat(10_000_000)
  expect(valueOf(literal)).toBe(literal)
})

test.each(['1e308', '1e-999', '-0', '1e100', '12345678901234567', '"1e999"'])('%s keeps its value', (literal) => {
  expect(valueOf(literal)).toEqual(literal === '12345678901234567' ? 12345678901234567n : JSON.parse(literal))
})
