import { documentedQuotas } from '@ahi-dicom/ahi-client'
import { estimateCost, estimateSeconds, parsePrices, publishedPrices, type ExportPlan } from '@ahi-dicom/exporter'
import { describe, expect, test } from 'vitest'

const gib = 2 ** 30

function planned(
  requests: ExportPlan['requests'],
  bytes = 0,
  archivedBytes = 0,
): Parameters<typeof estimateCost>[0] & { frames: number } {
  return { requests, bytesToFetch: { bytes, accuracy: 'exact' }, archivedBytes, frames: requests['GetImageFrame'] ?? 0 }
}

describe('time at quotas', () => {
  test('is the time of the slowest operation, without its burst', () => {
    // GetImageFrame: 1,000 a second after 2,000; GetImageSetMetadata: 50 a second after 100 (developer guide, throttling limits).
    const requests = { SearchImageSets: 10, GetImageSetMetadata: 200, GetImageFrame: 62_000 }
    expect(estimateSeconds(planned(requests))).toEqual({
      seconds: 60,
      limit: 'GetImageFrame',
      secondsByOperation: { SearchImageSets: 0, GetImageSetMetadata: 2, GetImageFrame: 60 },
    })
  })

  test('is zero within the bursts', () => {
    expect(estimateSeconds(planned({ GetImageFrame: 2000 }))).toMatchObject({ seconds: 0, limit: undefined })
  })

  test('follows other quotas', () => {
    const quotas = { ...documentedQuotas, GetImageFrame: { rate: 4000, burst: 0 } }
    expect(estimateSeconds(planned({ GetImageFrame: 8000 }), { quotas }).seconds).toBe(2)
  })

  test('a rate counts if it is slower', () => {
    const plan = planned({ GetImageFrame: 12_000 }, 50e9)
    expect(estimateSeconds(plan, { rate: { bytesPerSecond: 500e6 } })).toMatchObject({ seconds: 100, limit: 'rate' })
    expect(estimateSeconds(plan, { rate: { bytesPerSecond: 50e9 } })).toMatchObject({
      seconds: 10,
      limit: 'GetImageFrame',
    })
    expect(estimateSeconds(plan, { rate: { framesPerSecond: 100 } })).toMatchObject({ seconds: 120, limit: 'rate' })
  })
})

describe('cost', () => {
  test('is the sum of the parts with a price, and names the others', () => {
    const plan = planned({ GetImageFrame: 990_000, GetImageSetMetadata: 10_000 }, 100 * gib, 10 * gib)
    const cost = estimateCost(plan)
    expect(cost.items.map(({ name, amount }) => [name, amount])).toEqual([
      ['requests', 5],
      ['retrieval', 0],
      ['transferOut', undefined],
      ['storageMoved', expect.closeTo(0.99)],
    ])
    expect(cost).toMatchObject({ currency: 'USD', total: expect.closeTo(5.99), withoutPrice: ['transferOut'] })
    expect(cost).toMatchObject({ source: publishedPrices.source, date: publishedPrices.date, region: 'us-east-1' })
  })

  test('uses all given prices', () => {
    const prices = { ...publishedPrices, currency: 'EUR', perGibRetrieved: 0.01, perGibTransferredOut: 0.09 }
    const cost = estimateCost(planned({}, 100 * gib), prices)
    expect(cost).toMatchObject({ currency: 'EUR', total: expect.closeTo(10), withoutPrice: [] })
  })

  test('a part that is not needed counts as having a price', () => {
    expect(estimateCost(planned({ SearchImageSets: 1 })).withoutPrice).toEqual([])
  })
})

describe('prices', () => {
  const required = { source: 'our contract', date: '2026-11-01', currency: 'EUR' }

  test('are read from JSON', () => {
    expect(parsePrices(JSON.stringify(publishedPrices))).toEqual({
      ...publishedPrices,
      perGibTransferredOut: undefined,
    })
    expect(parsePrices(JSON.stringify(required))).toMatchObject(required)
  })

  test.each([
    ['{', 'it is not JSON'],
    ['[]', 'it is not a JSON object'],
    ['null', 'it is not a JSON object'],
    [JSON.stringify({ ...required, perRequest: 1 }), "'perRequest' is unknown"],
    [JSON.stringify({ ...required, perGibRetrieved: -1 }), "'perGibRetrieved' must be a number of at least 0"],
    [JSON.stringify({ ...required, perGibRetrieved: '1' }), "'perGibRetrieved' must be a number of at least 0"],
    [JSON.stringify({ ...required, date: '2026-13-01' }), "'date' must be a day such as 2026-10-07"],
    [JSON.stringify({ ...required, date: undefined }), "'date' must be a text"],
    [JSON.stringify({ ...required, currency: ' ' }), "'currency' must be a text"],
  ])('%s: %s', (json, why) => {
    expect(() => parsePrices(json)).toThrow(
      expect.objectContaining({ code: 'PRICES_INVALID', message: expect.stringContaining(why) }),
    )
  })
})
