import { createClientOnClock } from '../src/api/client.ts'
import { createFrameClientOnClock } from '../src/api/frame-client.ts'
import type { Clock } from '../src/timing/clock.ts'
import type { AhiClient, AhiClientOptions } from '@ahi-dicom/ahi-client'
import type { FrameClient, FrameClientOptions } from '@ahi-dicom/ahi-client/frames'

export const datastoreId = '0123456789abcdef0123456789abcdef'
export const imageSetId = 'fedcba9876543210fedcba9876543210'
export const imageFrameId = '00112233445566778899aabbccddeeff'
export const frame = { datastoreId, imageSetId, imageFrameId }
export const imageSet = { datastoreId, imageSetId }
export const instance = {
  datastoreId,
  studyInstanceUid: '1.2.3',
  seriesInstanceUid: '1.2.4',
  sopInstanceUid: '1.2.5',
}
export const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' }

/**
 * A metadata document with all parts that AHI writes into every one. Its UIDs have no dots, so that tests can use
 * paths.
 */
export const metadataDocument = {
  SchemaVersion: '1.1',
  DatastoreID: datastoreId,
  ImageSetID: imageSetId,
  Patient: { DICOM: { PatientID: 'Ünïcode' } },
  Study: {
    DICOM: { StudyInstanceUID: '1' },
    Series: {
      2: {
        DICOM: { SeriesInstanceUID: '2' },
        Instances: {
          3: {
            DICOM: { SOPInstanceUID: '3', '00090010': 'OURS' },
            DICOMVRs: { '00090010': 'LO' },
            ImageFrames: [{ ID: imageFrameId }],
          },
        },
      },
    },
  },
}

/** Returns a clock whose waits end at once and move its time. */
export function instantClock(random: () => number = () => 0.5): Clock & { readonly waits: number[] } {
  let now = 0
  const waits: number[] = []
  return {
    waits,
    now: () => now,
    random,
    wait: async (ms, signal) => {
      signal?.throwIfAborted()
      waits.push(ms)
      now += ms
    },
  }
}

/** Returns a client of a scripted service. Its back-off takes no time. */
export function testClient(endpoint: string, options: AhiClientOptions = {}, clock: Clock = instantClock()): AhiClient {
  return createClientOnClock({ credentials, region: 'us-east-1', endpoint, ...options }, clock)
}

/** Returns a frame client with access that `client` shared, as another thread has it. */
export async function frameClientOf(
  client: AhiClient,
  options: FrameClientOptions = {},
  clock: Clock = instantClock(),
): Promise<FrameClient> {
  const access = await client.shareAccess({ connections: 4 })
  return createFrameClientOnClock(structuredClone(access, { transfer: access.transfer }), options, clock)
}

export async function collected<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = []
  for await (const item of items) all.push(item)
  return all
}

/** Returns all bytes of a stream. */
export async function gathered(data: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  return new Uint8Array(Buffer.concat(await collected(data)))
}

/** Returns the error that a promise rejects with. */
export async function rejection(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => {
      throw new Error('the promise was fulfilled')
    },
    (error: unknown) => error,
  )
}
