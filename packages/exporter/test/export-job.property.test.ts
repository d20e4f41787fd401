import { createExporter, type Destination } from '@ahi-dicom/exporter'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { AhiErrorDouble, clientDouble, decoderDouble } from './doubles/client.ts'
import { datastoreId, makeImageSet, type ImageSetSpec, type InstanceSpec } from './doubles/image-sets.ts'
import { flatLayout, recordingDestination, uidOf } from './doubles/recording-destination.ts'

const instances = fc.array(
  fc.record({ frames: fc.integer({ min: 0, max: 7 }), rows: fc.integer({ min: 1, max: 9 }) }),
  { maxLength: 8 },
)

/** Image sets of one study. The number and size of frames vary. */
const study = fc.array(instances, { minLength: 1, maxLength: 3 }).map((sets) =>
  sets.map((specs, set): ImageSetSpec => ({
    imageSetId: String(set).repeat(32),
    seriesInstanceUid: `1.2.3.${set}`,
    instances: Object.fromEntries(specs.map((spec, index) => [`1.${set}.${index}`, square(spec)])),
  })),
)

function square({ frames = 1, rows = 1 }: InstanceSpec): InstanceSpec {
  return { frames, rows, columns: rows }
}

const storedBytes = ({ rows = 1 }: InstanceSpec): number => rows * rows + 2
const decodedBytes = ({ rows = 1 }: InstanceSpec): number => rows * rows

/**
 * Returns the bytes held for a frame until it is written. The decoded form of a stored frame is dropped once it is
 * verified.
 */
function heldBytes(instance: InstanceSpec, transferSyntax: 'explicit' | 'stored'): number {
  return storedBytes(instance) + (transferSyntax === 'explicit' ? decodedBytes(instance) : 0)
}

/** Returns the fewest bytes that an instance holds: one frame, or all frames if the file starts with their offsets. */
function leastBytes(instance: InstanceSpec, transferSyntax: 'explicit' | 'stored'): number {
  return heldBytes(instance, transferSyntax) * (transferSyntax === 'explicit' ? 1 : (instance.frames ?? 1))
}

const settings = fc.record({
  fetchConcurrency: fc.integer({ min: 1, max: 5 }),
  instanceConcurrency: fc.integer({ min: 1, max: 9 }),
  maxBytesInFlight: fc.integer({ min: 1, max: 600 }),
  transferSyntax: fc.constantFrom('explicit' as const, 'stored' as const),
})

test('every job ends, keeps its limits of requests and bytes, and accounts for every instance', async () => {
  await fc.assert(
    fc.asyncProperty(
      study,
      settings,
      fc.uniqueArray(fc.nat(60), { maxLength: 4 }),
      fc.scheduler(),
      async (specs, { transferSyntax, instanceConcurrency, ...limits }, faults, scheduler) => {
        const imageSets = specs.map((spec) => makeImageSet(spec))
        const bySopInstanceUid = new Map(specs.flatMap((spec) => Object.entries(spec.instances)))
        const held = new Map<string, number>()
        let requests = 0
        let nth = 0
        let mostHeld = 0
        const hold = (sopInstanceUid: string, bytes: number): void => {
          held.set(sopInstanceUid, (held.get(sopInstanceUid) ?? 0) + bytes)
          mostHeld = Math.max(
            mostHeld,
            [...held.values()].reduce((sum, bytes) => sum + bytes, 0),
          )
        }
        const client = clientDouble(imageSets, {
          frame: async ({ imageFrameId }, stored) => {
            requests += 1
            nth += 1
            expect(requests).toBeLessThanOrEqual(limits.fetchConcurrency)
            const isFaulty = faults.includes(nth)
            const sopInstanceUid = imageFrameId.split('#')[0] ?? ''
            hold(sopInstanceUid, heldBytes(bySopInstanceUid.get(sopInstanceUid) ?? {}, transferSyntax))
            await scheduler.schedule(Promise.resolve(), `frame ${imageFrameId}`)
            requests -= 1
            if (isFaulty) throw new AhiErrorDouble('AHI_UNAVAILABLE', true)
            return stored
          },
        })
        const recording = recordingDestination({
          onChunk: async (chunk, file) => {
            const sopInstanceUid = uidOf(file)
            await scheduler.schedule(Promise.resolve(), `write ${sopInstanceUid}`)
            const spec = bySopInstanceUid.get(sopInstanceUid) ?? {}
            const frame = transferSyntax === 'stored' ? storedBytes(spec) : decodedBytes(spec)
            if (chunk.length === frame) hold(sopInstanceUid, -heldBytes(spec, transferSyntax))
          },
        })
        const destination: Destination = {
          ...recording,
          async write(file, options) {
            try {
              return await recording.write(file, options)
            } finally {
              held.delete(uidOf(file))
            }
          },
        }
        await using exporter = createExporter({ client, frameDecoder: decoderDouble(), ...limits })
        const job = { datastoreId, selectors: 'all', destination, layout: flatLayout } as const
        const exporting = exporter.exportTo({ ...job, transferSyntax, instanceConcurrency })
        const summary = await scheduler.waitFor(exporting)

        const all = specs.flatMap((spec) => Object.values(spec.instances))
        const { selected, written, skipped, failed, unfinished } = summary.instances
        expect({ selected, skipped, unfinished }).toEqual({ selected: all.length, skipped: 0, unfinished: 0 })
        expect(written + failed).toBe(selected)
        expect(recording.manifest).toHaveLength(written)
        expect(recording.errors).toHaveLength(failed)
        expect(failed).toBeLessThanOrEqual(faults.length)
        const least = all.map((instance) => leastBytes(instance, transferSyntax))
        expect(mostHeld).toBeLessThanOrEqual(Math.max(limits.maxBytesInFlight, ...least))
      },
    ),
    { numRuns: 150 },
  )
})
