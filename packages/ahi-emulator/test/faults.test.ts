import { once } from 'node:events'
import { request } from 'node:http'
import {
  FaultRulesError,
  parseFaultRules,
  startEmulator,
  type Emulator,
  type Fault,
  type FaultRule,
} from '@ahi-dicom/ahi-emulator'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { call, frameOf, importAlone, instancesOf, metadataOf, type ImageSetPlace } from './support/client.ts'
import { secondaryCapture } from './support/secondary-capture.ts'

describe('faults', () => {
  let emulator: Emulator
  let place: ImageSetPlace
  let imageFrameId: string
  let frame: Uint8Array

  beforeAll(async () => {
    emulator = await startEmulator()
    place = await importAlone(emulator, [secondaryCapture()])
    imageFrameId = instancesOf(await metadataOf(place))[0]?.ImageFrames[0]?.ID ?? ''
    frame = await frameOf(place, imageFrameId)
  })

  afterEach(() => emulator.faults.clear())
  afterAll(() => emulator.close())

  function inject(fault: Fault, rule: Omit<FaultRule, 'fault'> = {}): void {
    emulator.faults.set({ rules: [{ operations: ['GetImageFrame'], ...rule, fault }] })
  }

  const getFrame = (): Promise<Uint8Array> => frameOf(place, imageFrameId)

  test('answers with an error', async () => {
    inject({ kind: 'error', code: 'ServiceUnavailable' })
    const path = `/datastore/${place.datastoreId}/imageSet/${place.imageSetId}/getImageFrame`
    const { status, headers } = await call(emulator.endpoint, path, { body: { imageFrameId } })
    expect([status, headers.get('x-amzn-errortype')]).toEqual([503, 'ServiceUnavailable'])
    expect(await metadataOf(place)).toMatchObject({ ImageSetID: place.imageSetId })
  })

  test('resets the connection', async () => {
    inject({ kind: 'reset' })
    await expect(getFrame()).rejects.toMatchObject({ cause: { code: 'ECONNRESET' } })
  })

  test.each([{ kind: 'cut' }, { kind: 'cut', afterBytes: 10 }] as const)('cuts the body: %j', async (fault) => {
    inject(fault)
    await expect(getFrame()).rejects.toThrow(/terminated|fetch failed|other side closed/)
  })

  test('shortens the body, with a matching Content-Length', async () => {
    inject({ kind: 'truncate', afterBytes: 10 })
    expect(await getFrame()).toEqual(frame.slice(0, 10))
  })

  test('corrupts bytes of the body', async () => {
    inject({ kind: 'corrupt', bytes: 3 })
    const corrupted = await getFrame()
    expect(corrupted).toHaveLength(frame.length)
    const changed = frame.filter((byte, index) => byte !== corrupted[index])
    expect(changed.length).toBeGreaterThan(0)
    expect(changed.length).toBeLessThanOrEqual(3)
  })

  test('sends slow and delayed bodies completely', async () => {
    inject({ kind: 'bandwidth', bytesPerSecond: 1_000_000 })
    expect(await getFrame()).toEqual(frame)
    inject({ kind: 'latency', ms: { least: 1, greatest: 5 } })
    expect(await getFrame()).toEqual(frame)
  })

  test('applies after, times and burst', async () => {
    inject({ kind: 'error', code: 'ThrottlingException' }, { after: 1, times: 3, burst: 2 })
    const statuses: string[] = []
    for (let request = 0; request < 6; request += 1) {
      statuses.push(
        await getFrame().then(
          () => 'ok',
          () => 'error',
        ),
      )
    }
    expect(statuses).toEqual(['ok', 'error', 'error', 'error', 'ok', 'ok'])
  })

  test('injects the same faults for the same seed, in any order of the requests', async () => {
    const other = await importAlone(emulator, [
      secondaryCapture({ SOPInstanceUID: '2.25.77', SeriesInstanceUID: '2.25.78' }),
    ])
    const otherFrame = instancesOf(await metadataOf(other))[0]?.ImageFrames[0]?.ID ?? ''
    const run = async (isReversed: boolean): Promise<boolean[][]> => {
      emulator.faults.set({
        seed: 5,
        rules: [
          { operations: ['GetImageFrame'], rate: 0.5, fault: { kind: 'error', code: 'InternalServerException' } },
        ],
      })
      const results: boolean[][] = [[], []]
      const turns = Array.from({ length: 40 }, (_, index) => index % 2)
      for (const turn of isReversed ? turns.toSorted((a, b) => a - b) : turns) {
        results[turn]?.push(await succeeds(turn === 0 ? getFrame() : frameOf(other, otherFrame)))
      }
      return results
    }
    const first = await run(false)
    expect(first.flat()).toContain(true)
    expect(first.flat()).toContain(false)
    expect(await run(true)).toEqual(first)
  })

  test('serves counters and accepts rules at the admin endpoint', async () => {
    const admin = async (method: string, path: string, body?: unknown): Promise<Record<string, unknown>> =>
      (await call(emulator.endpoint, `/_emulator/${path}`, { method, body })).json
    const rules = { seed: 3, rules: [{ operations: ['GetImageFrame'], fault: { kind: 'truncate', afterBytes: 4 } }] }
    expect(await admin('PUT', 'faults', rules)).toEqual(rules)
    await admin('DELETE', 'counters')
    expect(await getFrame()).toHaveLength(4)
    const path = `/datastore/${'0'.repeat(32)}`
    await call(emulator.endpoint, path, { method: 'GET' })
    const counters = await admin('GET', 'counters')
    expect(counters).toMatchObject({
      requests: { GetImageFrame: { 200: 1 }, GetDatastore: { 404: 1 } },
      faults: { truncate: 1 },
      inFlight: 0,
      peakInFlight: 1,
    })
    expect(emulator.counters()).toEqual(counters)
    expect(await admin('DELETE', 'faults')).toEqual({ rules: [] })
    expect(await getFrame()).toEqual(frame)
    expect(await admin('PUT', 'faults', { rules: [{ fault: { kind: 'explode' } }] })).toEqual({
      message:
        'Cannot use the fault rules: rules[0].fault.kind must be one of error, latency, bandwidth, reset, cut, truncate, corrupt',
    })
  })

  test('counts concurrent requests', async () => {
    emulator.resetCounters()
    const path = `/datastore/${place.datastoreId}/searchImageSets`
    const requests = Array.from({ length: 12 }, () => request(`${emulator.endpoint}${path}`, { method: 'POST' }))
    const answers = requests.map((sent) => once(sent, 'response'))
    for (const sent of requests) sent.flushHeaders()
    await vi.waitFor(() => expect(emulator.counters().inFlight).toBe(12))
    for (const sent of requests) sent.end('{}')
    for (const [answer] of await Promise.all(answers)) answer.resume()
    await vi.waitFor(() => expect(emulator.counters().inFlight).toBe(0))
    expect(emulator.counters()).toMatchObject({ peakInFlight: 12, requests: { SearchImageSets: { 200: 12 } } })
  })
})

function succeeds(promise: Promise<unknown>): Promise<boolean> {
  return promise.then(
    () => true,
    () => false,
  )
}

describe('parseFaultRules', () => {
  test.each([
    [{}, 'rules'],
    [{ rules: {} }, 'rules'],
    [{ rules: [{}] }, 'rules[0].fault'],
    [{ rules: [{ fault: { kind: 'error', code: 'Nonsense' } }] }, 'rules[0].fault.code'],
    [{ rules: [{ fault: { kind: 'latency', ms: -1 } }] }, 'rules[0].fault.ms'],
    [{ rules: [{ fault: { kind: 'latency', ms: { least: 1 } } }] }, 'rules[0].fault.ms.greatest'],
    [{ rules: [{ rate: 2, fault: { kind: 'reset' } }] }, 'rules[0].rate'],
    [{ rules: [{ times: 1.5, fault: { kind: 'reset' } }] }, 'rules[0].times'],
    [{ rules: [{ operation: 'GetImageFrame', fault: { kind: 'reset' } }] }, '`operation`'],
    [{ rules: [{ fault: { kind: 'reset', bytes: 3 } }] }, '`bytes`'],
    [[], 'the rules'],
  ])('refuses %j', (rules, named) => {
    expect(() => parseFaultRules(rules)).toThrow(FaultRulesError)
    expect(() => parseFaultRules(rules)).toThrow(named)
  })
})
