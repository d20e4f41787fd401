import type { ImageSetInstance } from '@ahi-dicom/ahi-metadata'
import {
  equalsFilter,
  excludeFilter,
  FilterError,
  parseFilter,
  SelectorError,
  type InstanceFilter,
} from '@ahi-dicom/exporter'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'

/** Returns an instance with this SeriesDescription (LO). */
function described(description: string): ImageSetInstance {
  return {
    seriesInstanceUid: '1',
    sopInstanceUid: '1',
    patient: {},
    study: {},
    series: { SeriesDescription: description },
    instance: { DICOM: {}, DICOMVRs: {}, ImageFrames: [] },
  }
}

const operator = fc.constantFrom('=', '!=', '<', '<=', '>', '>=')
const key = fc.constantFrom('SeriesDescription', 'StudyDate', 'StudyTime', 'Rows', '00091001', 'updatedAt', 'Modality')
const comparison = fc
  .tuple(key, operator, fc.oneof(fc.string(), fc.stringMatching(/^[0-9",*?. :-]{0,20}$/)))
  .map((parts) => parts.join(''))

/** Returns the filter, or undefined if the text is refused with a `FilterError` or `SelectorError`. */
function read(text: string): InstanceFilter | undefined {
  try {
    return parseFilter(text)
  } catch (error) {
    if (error instanceof FilterError || error instanceof SelectorError) return undefined
    throw error
  }
}

test('any text is a filter whose name parses to the same filter, or a typed error', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        comparison,
        comparison.map((text) => `not ${text}`),
      ),
      fc.string(),
      (text, value) => {
        const filter = read(text)
        if (filter === undefined) return
        const again = parseFilter(filter.name)
        expect(again.name).toBe(filter.name)
        expect(again.matches(described(value))).toBe(filter.matches(described(value)))
      },
    ),
    { numRuns: 1000 },
  )
})

test('a filter and its exclusion are opposites', () => {
  fc.assert(
    fc.property(comparison, fc.string(), (text, value) => {
      const filter = read(text)
      if (filter === undefined || text.startsWith('updatedAt')) return
      expect(excludeFilter(text).matches(described(value))).toBe(!filter.matches(described(value)))
    }),
  )
})

const small = fc.stringMatching(/^[ab*?]{0,8}$/)

test('wildcards match as a regular expression does', () => {
  fc.assert(
    fc.property(small, fc.stringMatching(/^[abc]{1,8}$/), (pattern, text) => {
      const source = pattern.replaceAll('*', '.*').replaceAll('?', '.')
      const expected = pattern !== '' && new RegExp(`^${source}$`).test(text)
      expect(parseFilter(`SeriesDescription=${pattern}`).matches(described(text))).toBe(expected)
    }),
    { numRuns: 2000 },
  )
})

test('a value without wildcards matches only itself', () => {
  const text = fc
    .string({ minLength: 1, unit: fc.constantFrom(...'ab",*?= \\<'.split('')) })
    .filter((one) => one.trim() !== '')
  fc.assert(
    fc.property(text, text, (value, other) => {
      const filter = parseFilter(equalsFilter('SeriesDescription', [value]).name)
      expect(filter.matches(described(value))).toBe(true)
      expect(filter.matches(described(other))).toBe(value.trim() === other.trim())
    }),
  )
})

test('many wildcards take little time', () => {
  const filter = parseFilter(`SeriesDescription=${'*a'.repeat(200)}*b`)
  const start = performance.now()
  expect(filter.matches(described('a'.repeat(10_000)))).toBe(false)
  expect(performance.now() - start).toBeLessThan(2000)
})
