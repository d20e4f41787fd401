import type { ImageSetSummary } from '@ahi-dicom/ahi-client'
import { isPrimary } from './client.ts'

/** The members that decide the order of image sets. */
type Ordered = Pick<ImageSetSummary, 'imageSetId' | 'versionId' | 'isPrimary' | 'updatedAt'>

/**
 * Compares image sets by precedence. If two have the same instance, it is taken from the first. Primary image sets come
 * first, then newer ones, then those with a greater version number, then by id.
 */
export function byPrecedence(a: Ordered, b: Ordered): number {
  return (
    Number(isPrimary(b)) - Number(isPrimary(a)) ||
    (b.updatedAt?.getTime() ?? 0) - (a.updatedAt?.getTime() ?? 0) ||
    Number(b.versionId ?? 0) - Number(a.versionId ?? 0) ||
    (a.imageSetId < b.imageSetId ? -1 : Number(a.imageSetId > b.imageSetId))
  )
}

/** The most image sets with the same time to sort; one import may create many. Larger groups are sorted in parts. */
const mostAtATime = 10_000

/**
 * Sorts image sets into the order of {@link byPrecedence}. They must come newest first, as AHI's search returns them.
 */
export async function* inPrecedence(
  summaries: AsyncIterable<ImageSetSummary>,
): AsyncGenerator<ImageSetSummary, void, undefined> {
  let sameTime: ImageSetSummary[] = []
  for await (const summary of summaries) {
    const [first] = sameTime
    const isSame = first?.updatedAt !== undefined && first.updatedAt.getTime() === summary.updatedAt?.getTime()
    if (first !== undefined && (!isSame || sameTime.length >= mostAtATime)) {
      yield* sameTime.sort(byPrecedence)
      sameTime = []
    }
    sameTime.push(summary)
  }
  yield* sameTime.sort(byPrecedence)
}
