import { array, assert, asyncProperty, boolean, integer, nat, option, record, uniqueArray } from 'fast-check'
import { expect, test } from 'vitest'
import { merge, stateOf, writeImageSets, type ImageSetToWrite } from './merged-export.ts'
import { sharedPlace } from './shared-place.ts'

const imageSets: readonly ImageSetToWrite[] = Array.from({ length: 6 }, (_, index) => ({
  imageSetId: `set${index}`,
  instances: Array.from({ length: (index % 3) + 1 }, (__, number) => `${index}.${number + 1}`),
  hasWarning: index % 2 === 0,
  ...(index === 4 && { failing: '4.1' }),
}))

/** Image sets that a writer exports, and the one it was about to record when it was killed. */
const run = record({
  written: uniqueArray(nat(5)),
  killedIn: option(nat(5), { nil: undefined }),
  isUnflushed: boolean(),
})

function chosen(numbers: readonly number[]): readonly ImageSetToWrite[] {
  return imageSets.filter((_, index) => numbers.includes(index))
}

test('the merged record equals the record of a single export, for any distribution over writers', async () => {
  const single = sharedPlace().destinationOf()
  await writeImageSets(single, imageSets)
  const expected = await stateOf(single)

  const property = asyncProperty(array(run, { minLength: 1, maxLength: 4 }), integer(), async (runs, seed) => {
    const place = sharedPlace()
    for (const [index, { written, killedIn, isUnflushed }] of runs.entries()) {
      const [killed] = killedIn === undefined ? [] : chosen([killedIn])
      await writeImageSets(place.destinationOf(`w${index}`), chosen(written), {
        killedIn: killed && { ...killed, failing: 'none' },
        isUnflushed,
      })
    }
    // Another writer exports the rest, before or after a merge.
    const left = imageSets.filter((_, index) => !runs.some(({ written }) => written.includes(index)))
    if (seed % 2 === 0) await merge(place.destinationOf())
    await writeImageSets(place.destinationOf('last'), left)
    const merged = await merge(place.destinationOf(), { maxMemory: seed % 3 === 0 ? 0 : undefined })
    expect(await stateOf(place.destinationOf())).toEqual(expected)
    expect(merged).toMatchObject({ instances: 11, files: 11, failures: 1, imageSets: 5, lostFiles: 0 })
    expect(await place.writers()).toEqual([])
  })
  await assert(property, { numRuns: 150 })
})
