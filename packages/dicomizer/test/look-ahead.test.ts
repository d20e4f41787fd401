import type { DecodedFrame, FrameSource } from '@ahi-dicom/dicomizer'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'

import { bytesOf, framesOf, imageInstance, knownFrames, type KnownFrame } from './instances.ts'

/** Returns a source whose frames arrive when the test says so, in any order. */
function heldSource(frames: readonly KnownFrame[]): {
  readonly frameSource: FrameSource
  readonly waiting: (() => void)[]
  readonly signals: (AbortSignal | undefined)[]
} {
  const waiting: (() => void)[] = []
  const signals: (AbortSignal | undefined)[] = []
  const inner = framesOf(frames).frameSource
  return {
    waiting,
    signals,
    frameSource: {
      async getImageFrame(request) {
        signals.push(request.signal)
        await new Promise<void>((resolve, reject) => {
          waiting.push(resolve)
          request.signal?.addEventListener('abort', () => reject(new Error('aborted')))
        })
        return inner.getImageFrame(request)
      },
    },
  }
}

/** Waits until everything that can continue has continued. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => void setImmediate(resolve))
}

test('at most frameConcurrency frames are in flight, including waiting ones', async () => {
  const frames = knownFrames(12)
  let inFlight = 0
  let most = 0
  const { frameSource, frameDecoder } = framesOf(frames)
  const counting: FrameSource = {
    async getImageFrame(request) {
      inFlight++
      most = Math.max(most, inFlight)
      return frameSource.getImageFrame(request)
    },
  }
  const instance = imageInstance(frames, { frameSource: counting, frameDecoder, frameConcurrency: 3 })
  let pixels = 0
  for await (const chunk of instance.part10()) {
    if (chunk.length === frames[0]?.decoded.pixels.length) {
      pixels++
      inFlight--
      await settle()
    }
  }
  expect(pixels).toBe(12)
  expect(most).toBe(3)
})

test('frames are written in order, even if they arrive out of order', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 9 }),
      fc.integer({ min: 1, max: 12 }),
      fc.infiniteStream(fc.nat()),
      async (count, frameConcurrency, choices) => {
        const frames = knownFrames(count)
        const held = heldSource(frames)
        const instance = imageInstance(frames, { ...framesOf(frames), frameSource: held.frameSource, frameConcurrency })
        const state = { isDone: false }
        const file = bytesOf(instance.part10()).finally(() => (state.isDone = true))
        while (!state.isDone) {
          await new Promise((resolve) => void setImmediate(resolve))
          const [release] = held.waiting.splice((choices.next().value ?? 0) % Math.max(1, held.waiting.length), 1)
          release?.()
        }
        const pixels = Buffer.concat(frames.map(({ decoded }) => decoded.pixels))
        expect((await file).subarray(-pixels.length)).toEqual(pixels)
      },
    ),
    { numRuns: 50 },
  )
})

test.each(['explicit', 'stored'] as const)(
  'an abort reaches every request and ends the stream with its reason (%s)',
  async (transferSyntax) => {
    const frames = knownFrames(6)
    const held = heldSource(frames)
    const instance = imageInstance(frames, { ...framesOf(frames), frameSource: held.frameSource, transferSyntax })
    const controller = new AbortController()
    const file = bytesOf(instance.part10({ signal: controller.signal }))
    await settle()
    held.waiting[0]?.()
    await settle()
    const reason = new Error('enough')
    controller.abort(reason)
    await expect(file).rejects.toBe(reason)
    expect(held.signals).toHaveLength(5)
    expect(held.signals.every((signal) => signal?.aborted)).toBe(true)
  },
)

test('an abort before the start fetches nothing', async () => {
  const frames = knownFrames(1)
  const held = heldSource(frames)
  const instance = imageInstance(frames, { ...framesOf(frames), frameSource: held.frameSource })
  const signal = AbortSignal.abort(new Error('enough'))
  await expect(bytesOf(instance.part10({ signal }))).rejects.toThrow('enough')
  await expect(instance.frame(0, { signal })).rejects.toThrow('enough')
  expect(held.signals).toHaveLength(0)
})

test('a consumer that stops aborts the frames ahead', async () => {
  const frames = knownFrames(6)
  const held = heldSource(frames)
  const instance = imageInstance(frames, { ...framesOf(frames), frameSource: held.frameSource })
  const stream = instance.part10()[Symbol.asyncIterator]()
  const head = stream.next()
  await settle()
  held.waiting[0]?.()
  await head
  const [header, , second] = [stream.next(), stream.next(), stream.next()]
  await header
  await settle()
  held.waiting[1]?.()
  await second
  await stream.return?.()
  expect(held.signals).toHaveLength(5)
  expect(held.signals.slice(1).every((signal) => signal?.aborted)).toBe(true)
})

test('the failure of a later frame is thrown in its turn, without an unhandled rejection', async () => {
  const rejections: unknown[] = []
  const note = (reason: unknown): void => void rejections.push(reason)
  process.on('unhandledRejection', note)
  const frames = knownFrames(5)
  const { frameSource } = framesOf(frames)
  const frameDecoder = {
    async decode(codeStream: Uint8Array<ArrayBuffer>): Promise<DecodedFrame> {
      const index = new DataView(codeStream.buffer).getUint32(0)
      if (index > 0) throw new Error(`no frame ${index}`)
      await settle()
      return knownFrames(1)[0]?.decoded ?? Promise.reject(new Error('no frame'))
    },
  }
  const instance = imageInstance(frames, { frameSource, frameDecoder })
  await expect(bytesOf(instance.part10())).rejects.toMatchObject({ imageFrameId: 'frame1' })
  await settle()
  process.off('unhandledRejection', note)
  expect(rejections).toEqual([])
})
