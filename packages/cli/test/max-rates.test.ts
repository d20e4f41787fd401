import { runCommand } from '@ahi-dicom/cli'
import { expect, test } from 'vitest'
import { hostDouble } from './support/host-double.ts'
import { UsageError } from '../src/errors.ts'
import { parseMaxRates } from '../src/options/max-rates.ts'

test('rates of several operations are kept, and the last of one operation counts', () => {
  const rates = parseMaxRates(['GetImageFrame=500', 'GetImageSetMetadata=2.5', 'getimageframe=300'])
  expect(rates).toEqual({ GetImageFrame: 300, GetImageSetMetadata: 2.5 })
})

test('an operation that is not known is answered with those that are', () => {
  expect(() => parseMaxRates(['GetPixels=5'])).toThrow(UsageError)
  expect(() => parseMaxRates(['GetPixels=5'])).toThrow(
    "Cannot limit the rate of 'GetPixels': it is not an operation of AHI; give one of ListDatastores, GetDatastore, SearchImageSets, GetImageSet,",
  )
})

test.each([
  'GetImageFrame',
  'GetImageFrame=',
  'GetImageFrame=0',
  'GetImageFrame=-1',
  'GetImageFrame=1e3',
  'GetImageFrame=x',
])('%s is no rate', (text) => {
  expect(() => parseMaxRates([text])).toThrow(`Cannot use '${text}' as --max-rate`)
})

test('a rate that is not good ends the command before it does anything', async () => {
  const host = hostDouble()
  expect(await runCommand(['datastores', '--max-rate', 'GetPixels=5'], host)).toBe(2)
  expect(host.said()).toContain("Cannot limit the rate of 'GetPixels'")
})
