import { expect, test } from 'vitest'
import { UsageError } from '../src/errors.ts'
import { filtersOf } from '../src/options/filters.ts'

test.each([
  [{ patientId: ['A', ''] }, 'Cannot use an empty value of --patient-id: give a value, or --where PatientID='],
  [{ accession: [' '] }, 'an empty value of --accession'],
  [{ modality: ['CT', ''] }, 'an empty value of --modality'],
  [{ sopClass: [''] }, 'an empty value of --sop-class'],
])('a variable that is not set does not select what has no value: %j', (options, message) => {
  expect(() => filtersOf(options)).toThrow(UsageError)
  expect(() => filtersOf(options)).toThrow(message)
})

test('what has no value is selected by --where', () => {
  expect(filtersOf({ where: ['PatientID='] })).toHaveLength(1)
})
