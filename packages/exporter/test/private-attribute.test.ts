import type { AttributeMap, ImageSetInstance } from '@ahi-dicom/ahi-metadata'
import { FilterError, parseFilter } from '@ahi-dicom/exporter'
import { expect, test } from 'vitest'

function instance(DICOM: AttributeMap): ImageSetInstance {
  const levels = { patient: {}, study: {}, series: {} }
  const DICOMVRs = { '0019110A': 'US', '0019120A': 'US' }
  return { seriesInstanceUid: '1.2', sopInstanceUid: '1.3', ...levels, instance: { DICOM, DICOMVRs, ImageFrames: [] } }
}

/** The data set says where the block of a creator is (PS3.5 7.8.1). */
test.each([
  [{ '00190010': 'ACME', '00190011': 'SIEMENS MR HEADER ', '0019110A': 44 }, true],
  [{ '00190010': 'SIEMENS MR HEADER', '00190011': 'ACME', '0019110A': 44 }, false],
  [{ '00190012': ['SIEMENS MR HEADER'], '0019120A': 44 }, true],
  [{ '00190012': 'siemens mr header', '0019120A': 44 }, false],
  [{ '0019110A': 44 }, false],
])('finds an attribute by its creator: %j', (attributes, isMet) => {
  const filter = parseFilter('(0019,xx0A,SIEMENS MR HEADER)>=44')
  expect(filter.name).toBe('(0019,xx0A,SIEMENS MR HEADER)>=44')
  expect(filter.matches(instance(attributes))).toBe(isMet)
})

test.each([
  ['(0009,XX01,ACME 1.1)=a', { '00090010': 'ACME 1.1', '00091001': 'a' }],
  ['(0009,xx01,"ACME (1.1)=")=a', { '00090010': 'ACME (1.1)=', '00091001': 'a' }],
  ['(0009, xx01, A,B)=a', { '00090010': 'A,B', '00091001': 'a' }],
  ['(0009,xx02,ACME).CodeValue=a', { '00090010': 'ACME', '00091002': [{ CodeValue: 'a' }] }],
  [
    'ReferencedStudySequence.(0009,xx01,ACME 1.1)=a',
    { ReferencedStudySequence: [{ '00090010': 'B' }, { '00090011': 'ACME 1.1', '00091101': 'a' }] },
  ],
])('%s', (text, attributes) => {
  const filter = parseFilter(text)
  expect(filter.matches(instance(attributes))).toBe(true)
  expect(filter.matches(instance({}))).toBe(false)
  const again = parseFilter(filter.name)
  expect(again.name).toBe(filter.name)
  expect(again.matches(instance(attributes))).toBe(true)
})

test.each(['(0018,xx0A,ACME)=a', '(0019,xx0A)=a', '(0019,xx0A,)=a', '(0019,100A,ACME)=a', '(0019,xx0A,ACME=a'])(
  'refuses %s',
  (text) => {
    expect(() => parseFilter(text)).toThrow(FilterError)
  },
)

test('unclosed brackets and quotation marks take little time', () => {
  for (const part of ['(', '("', '(a', '"(', '.(', '()']) {
    expect(() => parseFilter(`${part.repeat(20_000)}=a`)).toThrow(FilterError)
  }
})
