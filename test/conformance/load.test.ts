import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { parseImageSetMetadata } from '@ahi-dicom/ahi-metadata'
import { startEmulator } from '@ahi-dicom/ahi-emulator'
import type { Emulator } from '@ahi-dicom/ahi-emulator'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { mustSkip } from '../interop/tools.ts'
import { isRemote } from './remote.ts'

const isSkipped = isRemote || mustSkip('load as of the Python sample', { pythonModules: ['boto3'] })

describe.skipIf(isSkipped)('the emulator', () => {
  let emulator: Emulator
  let place: string[]
  let digests: Record<string, readonly string[]>

  beforeAll(async () => {
    emulator = await startEmulator()
    const { endpoint, datastoreId } = emulator
    const [imageSet] = await emulator.addSyntheticImageSets({ instances: 40 })
    const imageSetId = imageSet?.imageSetId ?? ''
    place = [endpoint, datastoreId, imageSetId]
    digests = await digestsOfFrames(`${endpoint}/datastore/${datastoreId}/imageSet/${imageSetId}`)
  })

  afterAll(() => emulator.close())

  test('serves 8 Python processes of 200 connections each without a failure', async () => {
    const load = { processes: 8, frames: 400, attempts: 1 }
    emulator.resetCounters()
    // So that every thread waits for an answer at some time, and every process opens all of its connections.
    emulator.faults.set({ rules: [{ fault: { kind: 'latency', ms: 500 } }] })
    expect(await runLoad(load)).toEqual({ frames: 8 * 400, failures: [], digests })
    const { requests, peakConnections } = emulator.counters()
    expect(requests).toEqual({ GetImageFrame: { '200': 8 * 400 } })
    expect(peakConnections).toBeGreaterThan((8 * 200) / 2)
  })

  test('has boto3 get over resets, errors and throttling', async () => {
    emulator.resetCounters()
    emulator.faults.set({
      seed: 7,
      rules: [
        { rate: 0.03, fault: { kind: 'reset' } },
        { rate: 0.02, burst: 3, fault: { kind: 'error', code: 'ServiceUnavailable' } },
        { rate: 0.05, fault: { kind: 'error', code: 'ThrottlingException' } },
      ],
    })
    expect(await runLoad({ processes: 2, frames: 100, attempts: 20 })).toEqual({ frames: 200, failures: [], digests })
    expect(emulator.counters().faults).toMatchObject({ reset: expect.any(Number), error: expect.any(Number) })
  })

  function runLoad(load: { readonly processes: number; readonly frames: number; readonly attempts: number }) {
    const args = [...place, ...[load.processes, load.frames, load.attempts].map(String)]
    return runPython(args, JSON.stringify(Object.keys(digests)))
  }
})

async function digestsOfFrames(place: string): Promise<Record<string, readonly string[]>> {
  const document = await post(`${place}/getImageSetMetadata`)
  const instances = Object.values(parseImageSetMetadata(document).Study.Series).flatMap((series) =>
    Object.values(series.Instances),
  )
  const digests: Record<string, readonly string[]> = {}
  for (const { ID: imageFrameId } of instances.flatMap(({ ImageFrames }) => ImageFrames)) {
    const frame = await post(`${place}/getImageFrame`, JSON.stringify({ imageFrameId }))
    digests[imageFrameId] = [createHash('sha256').update(frame).digest('hex')]
  }
  return digests
}

async function post(url: string, body?: string): Promise<Uint8Array> {
  const response = await fetch(url, { method: 'POST', body: body ?? null })
  return new Uint8Array(await response.arrayBuffer())
}

function runPython(args: readonly string[], input: string): Promise<unknown> {
  const script = fileURLToPath(new URL('load.py', import.meta.url))
  const env = {
    ...process.env,
    AWS_ACCESS_KEY_ID: 'any',
    AWS_SECRET_ACCESS_KEY: 'any',
    AWS_DEFAULT_REGION: 'us-east-1',
  }
  return new Promise((resolve, reject) => {
    const running = execFile('python3', [script, ...args], { env, maxBuffer: 2 ** 26 }, (error, stdout, stderr) => {
      if (error === null) resolve(JSON.parse(stdout))
      else reject(new Error(`load.py failed: ${stderr}`, { cause: error }))
    })
    running.stdin?.end(input)
  })
}
