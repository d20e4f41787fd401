import { availableParallelism } from 'node:os'
import {
  CodeStreamError,
  DecodeTimeoutError,
  DecoderPoolError,
  createDecoderPool,
  decodeFrame,
} from '@ahi-dicom/htj2k-decoder'
import { describe, expect, test } from 'vitest'
import { encodeFrame } from './encode-frame.ts'
import { smoothSamples } from './samples.ts'

const MOODY = new URL('workers/moody.ts', import.meta.url)
const HANG = 1
const DIE = 2
const THROW = 3
const FORMAT = { width: 64, height: 48, components: 1, bitsPerSample: 12, isSigned: false }
const samples = smoothSamples(FORMAT)
const codeStream = encodeFrame(samples, FORMAT)

describe('a pool', () => {
  test('decodes many frames at once, with the same result as decodeFrame', async () => {
    await using pool = createDecoderPool({ threads: 2 })
    const widths = Array.from({ length: 40 }, (_, index) => 10 + index)
    const codeStreams = widths.map((width) => encodeFrame(smoothSamples({ ...FORMAT, width }), { ...FORMAT, width }))
    const expected = await Promise.all(codeStreams.map((bytes) => decodeFrame(bytes)))
    expect(await Promise.all(codeStreams.map((bytes) => pool.decode(bytes)))).toEqual(expected)
  })

  test('transfers bytes that fill their buffer, and copies others', async () => {
    await using pool = createDecoderPool({ threads: 1 })
    const whole = codeStream.slice()
    const part = Uint8Array.of(0, ...codeStream).subarray(1)
    await Promise.all([pool.decode(whole), pool.decode(part)])
    expect(whole.byteLength).toBe(0)
    expect(part).toEqual(codeStream)
  })

  test('decodes lower resolutions', async () => {
    await using pool = createDecoderPool({ threads: 1 })
    expect(await pool.decode(codeStream.slice(), { discardLevels: 2 })).toEqual(
      await decodeFrame(codeStream, { discardLevels: 2 }),
    )
  })

  test('has one thread per core by default', async () => {
    await using pool = createDecoderPool()
    await using single = createDecoderPool({ threads: 1 })
    expect([pool.threads, single.threads]).toEqual([availableParallelism(), 1])
  })

  test('decodes later frames correctly after recycling memory of any size', async () => {
    await using pool = createDecoderPool({ threads: 1 })
    const expected = await decodeFrame(codeStream)
    const lower = await decodeFrame(codeStream, { discardLevels: 1 })
    const first = await pool.decode(codeStream.slice())
    pool.recycle(first.pixels)
    expect(first.pixels.byteLength).toBe(0)
    expect(await pool.decode(codeStream.slice(), { discardLevels: 1 })).toEqual(lower)
    pool.recycle((await pool.decode(codeStream.slice())).pixels)
    expect(await pool.decode(codeStream.slice())).toEqual(expected)
  })

  test('does not recycle memory that others may use', async () => {
    await using pool = createDecoderPool({ threads: 1 })
    const part = new Uint8Array(10).subarray(1)
    pool.recycle(part)
    pool.recycle(new Uint8Array(0))
    expect(part.byteLength).toBe(9)
  })

  test('decodes after prepare()', async () => {
    await using pool = createDecoderPool({ threads: 2 })
    pool.prepare()
    expect(await pool.decode(codeStream.slice())).toEqual(await decodeFrame(codeStream))
  })

  test('rejects frames if the threads of prepare() cannot run', async () => {
    await using pool = createDecoderPool({ threads: 1, workerUrl: new URL('workers/missing.ts', import.meta.url) })
    pool.prepare()
    await expect(pool.decode(codeStream.slice())).rejects.toMatchObject({ code: 'DECODER_WORKER_FAILED' })
  })

  test('rejects a bad code stream with the error of decodeFrame, and decodes others', async () => {
    await using pool = createDecoderPool({ threads: 1 })
    const cut = codeStream.subarray(0, codeStream.length - 9)
    const results = await Promise.allSettled(
      [cut, new Uint8Array(0), codeStream.slice()].map((bytes) => pool.decode(bytes)),
    )
    expect(results).toMatchObject([
      { reason: { name: 'CodeStreamError', code: 'CODE_STREAM_TRUNCATED', byteLength: cut.length } },
      { reason: { name: 'CodeStreamError', code: 'CODE_STREAM_TRUNCATED', byteLength: 0 } },
      { value: { pixels: samples } },
    ])
    const [pooled, own] = await Promise.allSettled([pool.decode(cut), decodeFrame(cut)])
    expect(pooled).toHaveProperty('reason', expect.any(CodeStreamError))
    expect(pooled).toHaveProperty('reason.message', own.status === 'rejected' && own.reason.message)
  })

  test('limits the size of the samples', async () => {
    await using pool = createDecoderPool({ threads: 1, maxFrameByteLength: 1000 })
    await expect(pool.decode(codeStream.slice())).rejects.toMatchObject({ code: 'CODE_STREAM_UNSUPPORTED' })
  })
})

describe('a thread', () => {
  test('that hangs is replaced, its frame rejected in time, and others are decoded', async () => {
    await using pool = createDecoderPool({ threads: 2, timeoutMs: 1500, workerUrl: MOODY })
    const inputs = [
      codeStream.slice(),
      Uint8Array.of(HANG, 0),
      codeStream.slice(),
      Uint8Array.of(HANG),
      codeStream.slice(),
    ]
    const results = await Promise.allSettled(inputs.map((bytes) => pool.decode(bytes)))
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'rejected', 'fulfilled'])
    expect(results[1]).toMatchObject({
      reason: { name: 'DecodeTimeoutError', code: 'DECODE_TIMEOUT', byteLength: 2, timeoutMs: 1500 },
    })
    expect(results[3]).toHaveProperty('reason', expect.any(DecodeTimeoutError))
  })

  test('that dies is replaced, its frame rejected, and others are decoded', async () => {
    await using pool = createDecoderPool({ threads: 1, workerUrl: MOODY })
    const results = await Promise.allSettled(
      [Uint8Array.of(DIE), codeStream.slice()].map((bytes) => pool.decode(bytes)),
    )
    expect(results).toMatchObject([
      {
        reason: {
          name: 'DecoderPoolError',
          code: 'DECODER_WORKER_FAILED',
          cause: { message: 'worker exited with code: 7' },
        },
      },
      { value: { pixels: samples } },
    ])
  })

  test('that throws another error than CodeStreamError gives it as the cause', async () => {
    await using pool = createDecoderPool({ threads: 1, workerUrl: MOODY })
    await expect(pool.decode(Uint8Array.of(THROW))).rejects.toMatchObject({
      code: 'DECODER_WORKER_FAILED',
      cause: { message: 'out of sorts' },
    })
  })

  test.each(['workers/missing.ts', 'workers/broken.ts'])(
    'that cannot load %s rejects every frame, those that wait too',
    async (path) => {
      await using pool = createDecoderPool({ threads: 2, workerUrl: new URL(path, import.meta.url) })
      const results = await Promise.allSettled(Array.from({ length: 7 }, () => pool.decode(codeStream.slice())))
      for (const result of results) {
        expect(result).toMatchObject({
          reason: { name: 'DecoderPoolError', code: 'DECODER_WORKER_FAILED', cause: expect.any(Error) },
        })
      }
      await expect(pool.decode(codeStream.slice())).rejects.toBeInstanceOf(DecoderPoolError)
    },
  )

  test('ends without work, and another starts with the next frame', async () => {
    await using pool = createDecoderPool({ threads: 1, idleTimeoutMs: 0 })
    for (const _round of [1, 2, 3]) expect((await pool.decode(codeStream.slice())).pixels).toEqual(samples)
  })
})

describe('a signal', () => {
  test('that has already aborted rejects at once with its reason', async () => {
    await using pool = createDecoderPool({ threads: 1 })
    const reason = new Error('no longer wanted')
    await expect(pool.decode(codeStream.slice(), { signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
  })

  test('rejects waiting frames and the one in work; the thread continues', async () => {
    await using pool = createDecoderPool({ threads: 1 })
    const controller = new AbortController()
    const reason = new Error('no longer wanted')
    const given = [1, 2, 3].map(() => pool.decode(codeStream.slice(), { signal: controller.signal }))
    const other = pool.decode(codeStream.slice())
    controller.abort(reason)
    const results = await Promise.allSettled(given)
    expect(results.map((result) => result.status === 'rejected' && result.reason === reason)).toEqual([
      true,
      true,
      true,
    ])
    expect((await other).pixels).toEqual(samples)
  })
})

describe('closing', () => {
  test('before the first frame needs no thread', async () => {
    const pool = createDecoderPool({ threads: 1, workerUrl: new URL('workers/missing.ts', import.meta.url) })
    await pool.close()
    pool.prepare()
    await expect(pool.close()).resolves.toBeUndefined()
  })

  test('rejects pending frames and later ones', async () => {
    const pool = createDecoderPool({ threads: 1 })
    const given = [1, 2, 3].map(() => pool.decode(codeStream.slice()))
    const results = Promise.allSettled(given)
    await pool.close()
    for (const result of await results) expect(result).toMatchObject({ reason: { code: 'DECODER_POOL_CLOSED' } })
    await expect(pool.decode(codeStream.slice())).rejects.toMatchObject({
      name: 'DecoderPoolError',
      code: 'DECODER_POOL_CLOSED',
    })
    await pool.close()
  })

  test('ends a thread that hangs', async () => {
    const pool = createDecoderPool({ threads: 1, workerUrl: MOODY })
    await pool.decode(codeStream.slice())
    const results = Promise.allSettled([pool.decode(Uint8Array.of(HANG))])
    await pool.close()
    expect(await results).toMatchObject([{ reason: { code: 'DECODER_POOL_CLOSED' } }])
  })
})

test.each([{ threads: 0 }, { threads: 1.5 }, { timeoutMs: 0 }, { idleTimeoutMs: -1 }, { maxFrameByteLength: -1 }])(
  'the options %o are refused',
  (options) => {
    expect(() => createDecoderPool(options)).toThrow(TypeError)
  },
)
