import { deflateRawSync, deflateSync, gzipSync, inflateSync } from 'node:zlib'
import { array, assert, constantFrom, nat, property, record, string, tuple, uint8Array } from 'fast-check'
import { describe, expect, test } from 'vitest'
import * as browser from '../src/browser.ts'
import * as node from '../src/index.ts'
import type { RawInflater } from '../src/index.ts'

const bytes = uint8Array({ maxLength: 3000 })
const plain = (array: Uint8Array): Uint8Array => new Uint8Array(array)

/** Returns the result of a call, or the code of the error that it threw. */
function outcome(call: () => Uint8Array): unknown {
  try {
    return plain(call())
  } catch (error) {
    return error instanceof node.InflateError ? error.code : error
  }
}

/**
 * Treats "corrupt" and "truncated" as equal. The two implementations read different amounts at a time, so the same
 * damage can look like either.
 */
function withoutReason(found: unknown): unknown {
  return typeof found === 'string' ? found.replace(/CORRUPT|TRUNCATED/, 'WRONG') : found
}

test('both entries export the same names', () => {
  expect(Object.keys(browser).toSorted()).toEqual(Object.keys(node).toSorted())
})

describe('the browser functions match those for Node.js', () => {
  test('crc32, in one call and in several', () => {
    expect(browser.crc32(new TextEncoder().encode('123456789'))).toBe(0xcb_f4_39_26)
    const holds = property(bytes, nat(3000), nat(9), (data, cut, start) => {
      const part = data.subarray(start)
      expect(browser.crc32(part)).toBe(node.crc32(part))
      expect(browser.crc32(part.subarray(cut), browser.crc32(part.subarray(0, cut)))).toBe(node.crc32(part))
    })
    assert(holds)
  })

  test('base64, and text that is not base64', () => {
    assert(
      property(bytes, (data) => {
        const text = browser.toBase64(data)
        expect(text).toBe(node.toBase64(data))
        expect(browser.fromBase64(text)).toEqual(data)
        expect(node.fromBase64(text)).toEqual(data)
      }),
    )
    const odd = string({ unit: constantFrom('A', 'b', '7', '+', '/', '-', '_', '=', ' ', '\n', '.', 'é') })
    assert(
      property(odd, (text) => {
        expect(browser.fromBase64(text)).toEqual(node.fromBase64(text))
      }),
    )
  })

  test('ISO 8859-1 text', () => {
    const every = Uint8Array.from({ length: 20_000 }, (_, index) => index)
    expect(browser.latin1Text(every)).toBe(node.latin1Text(every))
    expect(browser.latin1Bytes(browser.latin1Text(every))).toEqual(every)
  })

  test.each([2, 4, 8])('reversing units of %i bytes', (unit) => {
    const data = Uint8Array.from({ length: 48 }, (_, index) => index)
    const [one, other] = [data.slice(), data.slice()]
    node.swapBytesInPlace(one, unit)
    browser.swapBytesInPlace(other, unit)
    expect(other).toEqual(one)
    expect(other[0]).toBe(unit - 1)
  })

  test('deflateRuns gives equal bytes', () => {
    const rows = array(tuple(nat(255), nat(400)), { maxLength: 40 })
    const holds = property(rows, (runs) => {
      const data = Uint8Array.from(runs.flatMap(([value, count]) => Array.from({ length: count }, () => value)))
      const deflated = browser.deflateRuns(data)
      expect(plain(inflateSync(deflated))).toEqual(data)
      expect(deflated).toEqual(plain(node.deflateRuns(data)))
    })
    assert(holds)
  })

  test('inflating whole, damaged and truncated data, and the size limit', () => {
    const change = record({ at: nat(200), value: nat(255), cut: nat(60) })
    const holds = property(bytes, change, nat(4000), (data, { at, value, cut }, maxByteLength) => {
      const gzipped = plain(gzipSync(data))
      expect(outcome(() => browser.gunzip(gzipped, { maxByteLength: 3000 }))).toEqual(data)
      const isOver = data.byteLength > maxByteLength
      expect(outcome(() => browser.gunzip(gzipped, { maxByteLength }))).toEqual(isOver ? 'INFLATE_TOO_LARGE' : data)
      const short = gzipped.subarray(0, gzipped.length - 1 - (cut % (gzipped.length - 1)))
      expect(outcome(() => browser.gunzip(short, { maxByteLength: 3000 }))).toBe('INFLATE_TRUNCATED')
      expect(outcome(() => node.gunzip(short, { maxByteLength: 3000 }))).toBe('INFLATE_TRUNCATED')
      const damaged = gzipped.slice()
      damaged[10 + (at % (damaged.length - 10))] = value
      const found = outcome(() => browser.gunzip(damaged, { maxByteLength: 1e6 }))
      const expected = outcome(() => node.gunzip(damaged, { maxByteLength: 1e6 }))
      expect(withoutReason(found)).toEqual(withoutReason(expected))
      const raw = plain(deflateRawSync(data))
      expect(outcome(() => browser.inflateRaw(raw, { maxByteLength: 3000 }))).toEqual(data)
    })
    assert(holds)
  })

  test('data that is not gzip', () => {
    const zlib = plain(deflateSync(new Uint8Array(99)))
    for (const { gunzip } of [node, browser]) {
      expect(outcome(() => gunzip(zlib, { maxByteLength: 99 }))).toBe('INFLATE_CORRUPT')
    }
  })
})

async function inflatePieces(inflater: RawInflater, data: Uint8Array, step: number): Promise<void> {
  for (let start = 0; start < data.length; start += step) await inflater.feed(data.subarray(start, start + step))
  await inflater.end()
}

describe.each([
  ['Node.js', node],
  ['browsers', browser],
])('createRawInflater in %s', (_, { createRawInflater, joinBytes }) => {
  const text = Uint8Array.from({ length: 200_000 }, (__, index) => (index * index) >> 7)
  const deflated = plain(deflateRawSync(text))

  test('passes on all bytes', async () => {
    const parts: Uint8Array[] = []
    await inflatePieces(
      createRawInflater((part) => parts.push(part.slice())),
      deflated,
      1000,
    )
    expect(joinBytes(parts)).toEqual(text)
  })

  test('throws for truncated and for damaged data', async () => {
    const truncated = inflatePieces(
      createRawInflater(() => {}),
      deflated.subarray(0, -5),
      1000,
    )
    await expect(truncated).rejects.toMatchObject({ name: 'InflateError', code: 'INFLATE_TRUNCATED' })
    const damaged = inflatePieces(
      createRawInflater(() => {}),
      Uint8Array.of(7, 7, 7),
      1,
    )
    await expect(damaged).rejects.toMatchObject({ name: 'InflateError', code: 'INFLATE_CORRUPT' })
  })

  test('throws the error of its receiver', async () => {
    const given = inflatePieces(
      createRawInflater(() => {
        throw new RangeError('enough')
      }),
      deflated,
      1000,
    )
    await expect(given).rejects.toThrow(new RangeError('enough'))
  })
})

test('a timer calls unless it is cancelled', async () => {
  for (const { startTimer } of [node, browser]) {
    const stop = startTimer(() => expect.unreachable('a stopped timer called'), 1)
    stop()
    await new Promise<void>((resolve) => void [startTimer(resolve, 1), setTimeout(resolve, 50)])
  }
})
