import { expect, test } from 'vitest'
import { connectionSettings } from '../src/connection.ts'
import { UsageError } from '../src/errors.ts'
import { addMaxRate } from '../src/options/max-rate.ts'

test('rates of several operations are kept, and the last of one operation counts', () => {
  const rates = addMaxRate('getimageframe=300', addMaxRate('GetImageSetMetadata=2.5', addMaxRate('GetImageFrame=500')))
  expect(rates).toEqual({ GetImageFrame: 300, GetImageSetMetadata: 2.5 })
  const options = { logLevel: 'info', progress: true, maxRate: rates } as const
  expect(connectionSettings(options, { AWS_ACCESS_KEY_ID: 'x' })).toEqual({ maxRates: rates })
})

test('an operation that is not known is answered with those that are', () => {
  expect(() => addMaxRate('GetPixels=5')).toThrow(UsageError)
  expect(() => addMaxRate('GetPixels=5')).toThrow(
    "Cannot limit the rate of 'GetPixels': the operations are ListDatastores, GetDatastore, SearchImageSets, GetImageSet,",
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
  expect(() => addMaxRate(text)).toThrow(`Cannot use '${text}' as --max-rate`)
})
